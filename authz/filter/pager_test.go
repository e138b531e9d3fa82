package filter

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"extauthz/authz"
	"extauthz/authz/mlflow"
)

// pager is an MLflow with experiments 0 to rows-1 and one search.
type pager struct {
	rows    int
	opaque  bool // tokens are not MLflow's offsets
	greedy  bool // it answers a row more than it is asked for
	calls   int
	fail    error
	answer  string // in place of a page
	methods map[string]bool
}

func (p *pager) Search(_ context.Context, method, path string, params map[string]any) ([]byte, error) {
	p.calls++
	p.methods = map[string]bool{method + " " + path: true}
	if p.fail != nil || p.answer != "" {
		return []byte(p.answer), p.fail
	}
	token, _ := params["page_token"].(string)
	most, _ := params["max_results"].(int)
	if most == 0 {
		most, _ = strconv.Atoi(fmt.Sprint(params["max_results"]))
	}
	return p.page(token, most), nil
}

func (p *pager) page(token string, most int) []byte {
	from := 0
	if rest, ok := strings.CutPrefix(token, "opaque "); ok {
		from, _ = strconv.Atoi(rest)
	} else if token != "" {
		text, _ := base64.StdEncoding.DecodeString(token)
		from, _ = strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(string(text), `{"offset": `), "}"))
	}
	if p.greedy {
		most++
	}
	to := min(from+most, p.rows)
	answer := map[string]any{"other": "kept"}
	var rows []any
	for i := from; i < to; i++ {
		rows = append(rows, map[string]any{"experiment_id": strconv.Itoa(i), "name": "é"})
	}
	if len(rows) > 0 {
		answer["experiments"] = rows
	}
	switch {
	case to >= p.rows:
	case p.opaque:
		answer["next_page_token"] = "opaque " + strconv.Itoa(to)
	default:
		answer["next_page_token"] = mlflow.OffsetToken(to)
	}
	body, err := json.Marshal(answer)
	if err != nil {
		panic(err)
	}
	return body
}

// readers says which experiments user 7 may read.
type readers struct {
	may    map[string]bool
	failAt string
	onRow  func(id string)
}

func (r readers) Meets(ctx context.Context, p authz.Principal, need authz.Need, x authz.Resource) (authz.Check, error) {
	if r.onRow != nil {
		r.onRow(x.ID)
	}
	if r.failAt == x.ID || ctx.Err() != nil {
		return authz.Check{Met: true}, errors.Join(errors.New("disk"), ctx.Err())
	}
	want := authz.InDefault(authz.Experiment, x.ID)
	return authz.Check{Met: r.may[x.ID] && p.UserID == 7 && need.Action == authz.CanRead && x == want}, nil
}
