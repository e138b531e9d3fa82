// Package signin keeps failed sign-ins on record in the audit trail.
//
// No check waits for the disk, so they are noted in a bounded queue and written many at a time. Anybody can make them fail, and would fill the
// disk: beyond a burst only one each second gets a record of its own. The others are counted, in a metric and in a record that says how many
// there were.
//
// A record has the name that was tried only where there is such a user. People type passwords where names belong, and a trail that many may
// read is no place for those.
package signin
