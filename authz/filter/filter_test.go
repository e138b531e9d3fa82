package filter

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"extauthz/authz"
	"extauthz/authz/mlflow"
)

var row = &mlflow.Row{
	Method: "GET", Path: "/api/2.0/mlflow/experiments/search", Operation: "SearchExperiments",
	Listing: &mlflow.Listing{Rows: "experiments", ID: "experiment_id", Kind: authz.Experiment},
}

// listing is what a client reads out of a page.
type listing struct {
	Experiments []struct {
		ID string `json:"experiment_id"`
	} `json:"experiments"`
	Token string `json:"next_page_token"`
	Other string `json:"other"`
}

func (l listing) ids() (ids []string) {
	for _, e := range l.Experiments {
		ids = append(ids, e.ID)
	}
	return ids
}

// tokens is one key for all tests.
var tokens = must(NewTokens([]byte("a secret that all replicas share")))

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// client asks for a page as Envoy would pass it on: the token is admitted or refused, MLflow sees the request as it is, and the filter answers.
func client(t fataler, f *Filter, p *pager, token string, most int) listing {
	params, err := json.Marshal(map[string]any{"page_token": token, "max_results": strconv.Itoa(most)})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Tokens.Admit(authz.Principal{UserID: 7}, authz.Operation{Name: row.Operation, Params: params}); err != nil {
		t.Fatal(err)
	}
	body, err := answer7(f, p, params, most)
	var l listing
	if err == nil {
		err = json.Unmarshal(body, &l)
	}
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func answer7(f *Filter, p *pager, params []byte, most int) ([]byte, error) {
	s := Search{Row: row, Method: "GET", Params: params}
	if next, err := s.Continues(); err != nil || next {
		return must(f.Next(context.Background(), authz.Principal{UserID: 7}, s)), err
	}
	return f.First(context.Background(), authz.Principal{UserID: 7}, s, p.page("", most))
}

type fataler interface{ Fatal(args ...any) }

// TestPagesStayFull: with any mix of readable and hidden rows, a client that follows the tokens sees each readable row exactly once, in
// order, on pages that are full until the rows run out, and has a token exactly when a readable row is left.
func TestPagesStayFull(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		visible := rapid.SliceOfN(rapid.Bool(), 0, 60).Draw(t, "readable")
		most := rapid.IntRange(1, 12).Draw(t, "max_results")
		p := &pager{rows: len(visible), opaque: rapid.Bool().Draw(t, "opaque")}
		may, want := map[string]bool{}, []string(nil)
		for i, v := range visible {
			if id := strconv.Itoa(i); v {
				may[id], want = true, append(want, id)
			}
		}
		f := &Filter{MLflow: everywhere(p), Decider: readers{may: may}, Tokens: tokens, Refill: time.Minute}
		var got []string
		for token, pages := "", 0; ; pages++ {
			l := client(t, f, p, token, most)
			got = append(got, l.ids()...)
			if l.Other != "kept" || len(l.Experiments) > most || (l.Token != "") != (len(got) < len(want)) || l.Token != "" && len(l.Experiments) != most || pages > 60 {
				t.Fatalf("page %d: %+v", pages, l)
			}
			if token = l.Token; token == "" {
				break
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

// TestPage: one answer of MLflow, one search; an error means that nothing is shown.
func TestPage(t *testing.T) {
	all := map[string]bool{"1": true, "2": true}
	for _, c := range []struct {
		name, body, params, want string // want "" is an error
	}{
		{
			"readable rows", `{"experiments":[{"experiment_id":"1","x":1},{"experiment_id":"2"}]}`, `{}`,
			`{"experiments":[{"experiment_id":"1","x":1},{"experiment_id":"2"}]}`,
		},
		{"a hidden row", `{"experiments":[{"experiment_id":"3"},{"experiment_id":"2"}]}`, `{}`, `{"experiments":[{"experiment_id":"2"}]}`},
		{"nothing but hidden rows", `{"experiments":[{"experiment_id":"3"}]}`, `{}`, `{}`},
		{"no rows", `{}`, `{}`, `{}`},
		{"rows that are null", `{"experiments":null}`, `{}`, `{}`},
		{"a row without an id", `{"experiments":[{"name":"secret"}]}`, `{}`, ""},
		{"a row with an empty id", `{"experiments":[{"experiment_id":""}]}`, `{}`, ""},
		{"a row with a number for an id", `{"experiments":[{"experiment_id":1}]}`, `{}`, ""},
		{"a row with an id in another case", `{"experiments":[{"Experiment_ID":"1"}]}`, `{}`, ""},
		{"a row with two ids", `{"experiments":[{"experiment_id":"1","experiment_id":"3"}]}`, `{}`, ""},
		{"two lists", `{"experiments":[{"experiment_id":"1"}],"experiments":[{"experiment_id":"3"}]}`, `{}`, ""},
		{"a row that is no object", `{"experiments":["secret"]}`, `{}`, ""},
		{"rows that are no list", `{"experiments":{"experiment_id":"1"}}`, `{}`, ""},
		{"a list", `[{"experiment_id":"1"}]`, `{}`, ""},
		{"no JSON", `<html>secret</html>`, `{}`, ""},
		{"an empty body", ``, `{}`, ""},
		{"half a body", `{"experiments":[{"experiment_id":"1"}]`, `{}`, ""},
		{"a token that is none", `{"experiments":[],"next_page_token":7}`, `{}`, ""},
		{"no parameters", `{"experiments":[{"experiment_id":"1"}]}`, ``, ""},
		{"a token, which MLflow cannot have understood", `{"experiments":[{"experiment_id":"1"}]}`, `{"page_token":"x"}`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := &Filter{MLflow: everywhere(&pager{fail: errors.New("not to be asked")}), Decider: readers{may: all}, Tokens: tokens, Refill: time.Minute}
			got, err := f.First(context.Background(), authz.Principal{UserID: 7}, Search{Row: row, Method: "GET", Params: []byte(c.params)}, []byte(c.body))
			if strings.TrimSuffix(string(got), "\n") != c.want || (err == nil) != (c.want != "") {
				t.Errorf("%s, %v; want %s", got, err, c.want)
			}
		})
	}
}

// TestRefillThatFails withholds the page.
func TestRefillThatFails(t *testing.T) {
	for name, change := range map[string]func(*pager, *readers){
		"MLflow fails":                       func(p *pager, _ *readers) { p.fail = errors.New("500") },
		"MLflow answers something else":      func(p *pager, _ *readers) { p.answer = `{"experiments":[{"name":"x"}]}` },
		"the decider fails":                  func(_ *pager, r *readers) { r.failAt = "0" },
		"the decider fails later":            func(_ *pager, r *readers) { r.failAt = "7" },
		"MLflow answers more than was asked": func(p *pager, _ *readers) { p.opaque, p.greedy = true, true },
	} {
		t.Run(name, func(t *testing.T) {
			p, r := &pager{rows: 20}, readers{may: map[string]bool{"6": true, "7": true, "8": true, "9": true, "10": true}}
			page := p.page("", 3)
			if name == "MLflow answers more than was asked" {
				page = (&pager{rows: 20, opaque: true}).page("", 3)
			}
			change(p, &r)
			f := &Filter{MLflow: everywhere(p), Decider: r, Tokens: tokens, Refill: time.Minute}
			if got, err := f.First(context.Background(), authz.Principal{UserID: 7}, Search{Row: row, Method: "GET", Params: []byte(`{"max_results":"3"}`)}, page); err == nil {
				t.Errorf("%s", got)
			}
		})
	}
}

// TestRefillOutOfTime answers what has been found, with a token at which the next page misses nothing and repeats nothing.
func TestRefillOutOfTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &pager{rows: 3000}
		may := map[string]bool{"0": true, "5": true, "6": true, "1500": true, "2999": true}
		slow := readers{may: may, onRow: func(string) { time.Sleep(time.Millisecond) }}
		f := &Filter{MLflow: everywhere(p), Decider: slow, Tokens: tokens, Refill: 700 * time.Millisecond}
		first := client(t, f, p, "", 5)
		if got := first.ids(); !slices.Equal(got, []string{"0"}) || opened(t, first.Token) != mlflow.OffsetToken(5) {
			t.Errorf("got %v with the token %s", got, first.Token)
		}
		f.Refill = time.Hour
		if got := client(t, f, p, first.Token, 5); !slices.Equal(got.ids(), []string{"5", "6", "1500", "2999"}) || got.Token != "" {
			t.Errorf("then got %v with the token %s", got.ids(), got.Token)
		}
	})
}

// opened is the token of MLflow in a sealed one of user 7.
func opened(t *testing.T, sealed string) string {
	t.Helper()
	c, err := cursorOf(7, row.Operation, "", []byte(`{"page_token":"`+sealed+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	token, err := tokens.open(c)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// TestHiddenRowsLeaveNoTrace: whatever is hidden behind and between the rows that may be read, each page is the same but for its token, and
// whether it has one is the same, too.
func TestHiddenRowsLeaveNoTrace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.IntRange(1, 5).Draw(t, "max_results")
		own := rapid.IntRange(0, 12).Draw(t, "readable")
		alone := walk(t, &pager{rows: own}, everyRow(own), most)
		p, may := &pager{}, map[string]bool{}
		for i := range own + 1 {
			p.rows += rapid.IntRange(0, 30).Draw(t, "hidden")
			if i < own {
				may[strconv.Itoa(p.rows)] = true
				p.rows++
			}
		}
		got := walk(t, p, may, most)
		if len(got) != len(alone) {
			t.Fatalf("%d pages, and %d when nothing is hidden", len(got), len(alone))
		}
		for i, page := range got {
			if len(page.Experiments) != len(alone[i].Experiments) || len(page.Token) != len(alone[i].Token) {
				t.Fatalf("page %d: %v, and %v when nothing is hidden", i, page, alone[i])
			}
		}
	})
}

func everyRow(n int) map[string]bool {
	may := map[string]bool{}
	for i := range n {
		may[strconv.Itoa(i)] = true
	}
	return may
}

// walk follows the tokens to the end.
func walk(t fataler, p *pager, may map[string]bool, most int) (pages []listing) {
	f := &Filter{MLflow: everywhere(p), Decider: readers{may: may}, Tokens: tokens, Refill: time.Minute}
	for token := ""; ; {
		l := client(t, f, p, token, most)
		pages = append(pages, l)
		if token = l.Token; token == "" {
			return pages
		}
	}
}

// TestNextThatFails shows nothing; the twin is a page.
func TestNextThatFails(t *testing.T) {
	for name, change := range map[string]func(*pager, *readers){
		"":                              func(*pager, *readers) {},
		"MLflow is down":                func(p *pager, _ *readers) { p.fail = errors.New("connection refused") },
		"MLflow answers something else": func(p *pager, _ *readers) { p.answer = "<html>" },
		"the decider fails":             func(_ *pager, r *readers) { r.failAt = "3" },
	} {
		p, r := &pager{rows: 9}, readers{may: everyRow(9)}
		f := &Filter{MLflow: everywhere(p), Decider: r, Tokens: tokens, Refill: time.Minute}
		token := client(t, f, p, "", 3).Token
		change(p, &r)
		f.Decider = r
		s := Search{Row: row, Method: "GET", Params: []byte(`{"max_results":"3","page_token":"` + token + `"}`)}
		got, err := f.Next(context.Background(), authz.Principal{UserID: 7}, s)
		if (err == nil) != (name == "") || err != nil && got != nil {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
}

// TestLookAheadIsSmall: behind a full page where nothing is hidden, MLflow is asked once, and for few rows.
func TestLookAheadIsSmall(t *testing.T) {
	var seen map[string]any
	p := &pager{rows: 5000}
	f := &Filter{MLflow: everywhere(spy{p, &seen}), Decider: readers{may: everyRow(5000)}, Tokens: tokens, Refill: time.Minute}
	if l := client(t, f, p, "", 100); len(l.Experiments) != 100 || p.calls != 1 || seen["max_results"] != lookAhead {
		t.Errorf("%d rows after %d calls with %v", len(l.Experiments), p.calls, seen)
	}
}

// TestRefillRepeatsTheSearch with the method and the filter of the original.
func TestRefillRepeatsTheSearch(t *testing.T) {
	var seen map[string]any
	p := &pager{rows: 2, answer: `{}`}
	f := &Filter{MLflow: everywhere(spy{p, &seen}), Decider: readers{}, Tokens: tokens, Refill: time.Minute}
	s := Search{Row: row, Method: "POST", Params: []byte(`{"filter":"name = 'x'","view_type":"ALL","max_results":1}`)}
	if _, err := f.First(context.Background(), authz.Principal{UserID: 7}, s, []byte(`{"experiments":[{"experiment_id":"0"}],"next_page_token":"`+mlflow.OffsetToken(1)+`"}`)); err != nil {
		t.Fatal(err)
	}
	if seen["filter"] != "name = 'x'" || seen["view_type"] != "ALL" || seen["max_results"] != refillPage || !p.methods["POST "+row.Path] {
		t.Errorf("%v %v", seen, p.methods)
	}
}

type spy struct {
	Searcher
	seen *map[string]any
}

func (s spy) Search(ctx context.Context, method, path string, params map[string]any) ([]byte, error) {
	*s.seen = params
	return s.Searcher.Search(ctx, method, path, params)
}

// everywhere is an MLflow that has the same in every workspace.
func everywhere(s Searcher) func(string) Searcher { return func(string) Searcher { return s } }
