// Package lookup knows the facts that only MLflow knows: which experiment owns a run or a logged model, and which id a name has.
//
// What never changes (a run's experiment) is cached, bounded in memory, and asked for once even when many requests want it at the same
// time. Names are asked for anew, since they move. MLflow not answering is authz.LookupFailed, never an allow; MLflow not knowing is
// authz.UnknownResource.
package lookup
