// Package ownership makes grants follow what happens in MLflow: the creator of an experiment or registered model gets MANAGE, a rename
// carries grants along, a delete forgets them.
//
// MLflow commits before anybody sees its response, and the response may never come back: the client goes away, Envoy or this service is
// killed. So the change is recorded as an intent before the request is let through (Begin), settled by the response (Settle), and when
// no response comes, reconciled against what MLflow really holds (Run). An intent that stays unsettled for five minutes is dropped:
// by then the request has not reached MLflow.
//
// Two users cannot have unsettled intents on one name at the same time, so that a thing found in MLflow has only one possible creator.
//
// What MLflow is going to refuse needs no intent. Should it succeed all the same, the name that it gave was free, and what others have open on
// that name is about something that is gone: from then on nobody else has a grant on what is there.
package ownership
