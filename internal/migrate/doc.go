// Package migrate brings the users and permissions of MLflow's own basic-auth app into the store.
//
// What cmd/extauthz-import has read is a Dump. New compares it with what the store has and makes a Plan: every change, and a Finding for
// everything that is not carried over as it is. A Plan has a Snapshot, which store.Import applies whole or not at all. What the store has
// already stays, unless Options say otherwise, so that planning the same again gives a Plan without changes.
//
// Up to MLflow 3.12 a user has rows of permissions, one table for each kind of resource. From 3.12 on there are roles; from 3.13 on a user's own
// permissions are a hidden role's, and the old tables are kept, but not read. Both become grants that decide as that release decides.
package migrate
