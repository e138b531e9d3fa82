package mlflow

import (
	"fmt"
	"strings"

	"extauthz/authz"
)

// selects needs READ on the runs, logged models or assessments of the experiments that are searched, when the search goes by them: which
// traces it finds, and in what order, tells what they are (mlflow/server/auth/__init__.py, _trace_search_selects_on_tiers). basic-auth parses
// the filter; here a word that such a filter has to hold is enough, wherever it stands. It asks more only of those to whom all runs, models
// or assessments are denied.
type selects struct {
	experiments string
	texts       []string // the parameters that say what is searched for
}

func (n selects) fields() []string {
	return append(parseField(n.experiments).paths(), n.texts...)
}

func (n selects) needs(in input) ([]authz.Need, error) {
	text := ""
	for _, name := range n.texts {
		text += strings.ToLower(fmt.Sprint(in.params[name])) + "\n"
		if name == "view_type" && fmt.Sprint(in.params[name]) == assessmentsView {
			text += "assessment"
		}
	}
	var needs []authz.Need
	for _, tier := range searchTiers {
		if !tier.in(text) {
			continue
		}
		more, err := fieldNeed{authz.CanRead, tier.of, parseField(n.experiments)}.needs(in)
		if err != nil {
			return nil, err
		}
		needs = append(needs, more...)
	}
	return needs, nil
}

const assessmentsView = "3" // MetricViewType.ASSESSMENTS by its number

// searchTier is a kind of which a filter cannot speak without one of the words.
type searchTier struct {
	of    RefType
	words []string
}

var searchTiers = []searchTier{
	{RunsOf, []string{"run_id", "sourcerun"}},
	{ModelsOf, []string{"modelid"}},
	{AssessmentsOf, []string{"assessment", "feedback", "expectation", "issue"}},
}

// in reports whether the text, in lower case, may speak of the tier. A database may take letters beyond ASCII for others.
func (t searchTier) in(text string) bool {
	for _, word := range t.words {
		if strings.Contains(text, word) {
			return true
		}
	}
	return strings.ContainsFunc(text, func(c rune) bool { return c >= 0x80 })
}

func (n selects) describe() string {
	return "read run, logged_model or assessment if " + strings.Join(n.texts, ", ") + " select by them"
}

func (selects) asks() []Ask {
	return ask(authz.CanRead, authz.Run, authz.LoggedModel, authz.Assessment)
}
