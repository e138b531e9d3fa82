package authz

import "errors"

// Refusal is an error with two faces: Text is for the caller and says what was wrong and what to do, Cause is for our log only.
// Authenticator, Mapper and Resolver return one to refuse a request; any other error is Internal.
type Refusal struct {
	Reason Reason
	Text   string
	Cause  error
}

// Refuse makes a Refusal with no private cause.
func Refuse(reason Reason, text string) *Refusal { return &Refusal{Reason: reason, Text: text} }

func (r *Refusal) Error() string {
	if r.Cause != nil {
		return string(r.Reason) + ": " + r.Text + ": " + r.Cause.Error()
	}
	return string(r.Reason) + ": " + r.Text
}

func (r *Refusal) Unwrap() error { return r.Cause }

// asRefusal finds the Refusal in err. An error that is none, or one whose reason would allow, becomes Internal.
func asRefusal(err error) *Refusal {
	var r *Refusal
	if errors.As(err, &r) && r.Reason.Status() != 200 {
		return r
	}
	return &Refusal{Reason: Internal, Text: "The authorization service failed; try again.", Cause: err}
}
