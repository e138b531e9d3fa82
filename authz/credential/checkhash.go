package credential

// CheckHash reports what is wrong with a password hash that comes from somewhere else: ErrMalformedHash for one that nobody could sign in with.
// The error never quotes it.
func CheckHash(encoded string) error {
	_, err := parseStored(encoded)
	return err
}
