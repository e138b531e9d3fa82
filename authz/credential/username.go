package credential

const longestName = 128

// CheckUsername says whether name may become a username. The error is an authz.Refusal whose text is for the person who chose it.
//
// MLflow takes any non-empty name. We do not: a colon splits a Basic credential elsewhere than meant, and spaces, look-alike letters
// and control characters make two accounts that a reader cannot tell apart.
func CheckUsername(name string) error {
	switch {
	case name == "":
		return invalid("The username is empty; choose one.")
	case len(name) > longestName:
		return invalid("The username is too long; use at most 128 characters.")
	}
	for i := range len(name) {
		if !usernameByte(name[i]) {
			return invalid("The username contains a character that is not allowed; use only letters A-Z and a-z, digits, and . _ @ + -")
		}
	}
	return nil
}

func usernameByte(b byte) bool {
	switch {
	case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', '0' <= b && b <= '9':
		return true
	case b == '.', b == '_', b == '@', b == '+', b == '-':
		return true
	default:
		return false
	}
}
