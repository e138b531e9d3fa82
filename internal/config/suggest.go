package config

import "github.com/agnivade/levenshtein"

// suggest is the known word that somebody may have meant, "" for none.
func suggest(word string, known []string) string {
	best, distance := "", 3 // more slips than two make another word
	for _, k := range known {
		if d := levenshtein.ComputeDistance(word, k); d < distance {
			best, distance = k, d
		}
	}
	return best
}

func didYouMean(word string, known []string) string {
	if s := suggest(word, known); s != "" {
		return "; did you mean " + s + "?"
	}
	return ""
}
