// Package app wires the service together: it is the one place that knows every part.
//
// New opens the store and builds the parts, Start listens, Stop drains: the health service turns NOT_SERVING first, then requests under
// way are finished. An App is a value to be started in tests as in the command.
package app
