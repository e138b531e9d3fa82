package mlflow

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"errors"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"extauthz/authz"
)

// Page is one page of a listing, as MLflow answered it.
type Page struct {
	Rows  []PageRow
	Token string // next_page_token; "" on the last page
	rest  []member
}

// PageRow is one row, and the kind and identifier of the resource that governs it.
type PageRow struct {
	Kind   authz.Kind // "" for a version: it does not say whether it belongs to a registered model or a prompt
	ID     string
	PartID string // the part's own, where grants can name it
	JSON   jsontext.Value
}

// Need is what seeing the row needs, mostly READ, of its resource.
func (l *Listing) Need(row PageRow) authz.Need {
	return authz.Need{Action: cmp.Or(l.Action, authz.CanRead), Part: l.Part, PartID: row.PartID, Alone: row.PartID != ""}
}

type member struct {
	name  string
	value jsontext.Value
}

const tokenName = "next_page_token"

// ParsePage reads a response of the listing. A row without an identifier is an error: nobody could tell who may read it.
func (l *Listing) ParsePage(body []byte) (Page, error) {
	var p Page
	d := jsontext.NewDecoder(bytes.NewReader(body))
	if t, err := d.ReadToken(); err != nil || t.Kind() != '{' {
		return p, errors.New("the response is no JSON object")
	}
	for d.PeekKind() == '"' {
		name, err := d.ReadToken()
		if err != nil {
			return p, err
		}
		key := name.String()
		value, err := d.ReadValue()
		if err != nil {
			return p, err
		}
		if err := p.take(l, key, value.Clone()); err != nil {
			return p, err
		}
	}
	_, err := d.ReadToken()
	return p, err
}

func (p *Page) take(l *Listing, key string, value jsontext.Value) error {
	switch key {
	case l.Rows:
		return p.takeRows(l, value)
	case tokenName:
		return json.Unmarshal(value, &p.Token)
	default:
		p.rest = append(p.rest, member{key, value})
		return nil
	}
}

func (p *Page) takeRows(l *Listing, list jsontext.Value) error {
	var rows []jsontext.Value
	if err := json.Unmarshal(list, &rows); err != nil {
		return err
	}
	for _, row := range rows {
		var object map[string]jsontext.Value
		if err := json.Unmarshal(row, &object); err != nil {
			return err
		}
		read, err := l.row(object)
		if err != nil {
			return err
		}
		read.JSON = row
		p.Rows = append(p.Rows, read)
	}
	return nil
}

// row reads the identifiers of a row. A scorer has its experiment's as a number.
func (l *Listing) row(object map[string]jsontext.Value) (PageRow, error) {
	r := PageRow{Kind: l.Kind}
	if err := l.tellPrompt(&r, object["tags"]); err != nil {
		return r, err
	}
	id := object[l.ID]
	if id.Kind() == '0' && l.Name != "" {
		r.ID = string(id)
	} else if err := json.Unmarshal(id, &r.ID); err != nil {
		return r, err
	}
	if l.Organization != "" {
		var organization string
		if err := json.Unmarshal(object[l.Organization], &organization); err != nil {
			return r, err
		}
		r.ID = skillID(organization, r.ID)
	}
	if l.Name == "" {
		return r, missingIn(r.ID, l.ID)
	}
	var name string
	if err := json.Unmarshal(object[l.Name], &name); err != nil {
		return r, err
	}
	r.PartID = ScorerKey(r.ID, name)
	return r, errors.Join(missingIn(r.ID, l.ID), missingIn(name, l.Name))
}

func missingIn(value, key string) error {
	if value == "" {
		return errors.New("a row of the response has no " + key)
	}
	return nil
}

// Render writes the page as MLflow would: members without a value are left out.
func (p Page) Render(l *Listing) ([]byte, error) {
	var b bytes.Buffer
	e := jsontext.NewEncoder(&b)
	write := func(t jsontext.Token) { _ = e.WriteToken(t) } // a bytes.Buffer takes everything; misuse surfaces in the last error
	write(jsontext.BeginObject)
	if len(p.Rows) > 0 || l.Whole {
		write(jsontext.String(l.Rows))
		write(jsontext.BeginArray)
		for _, row := range p.Rows {
			if err := e.WriteValue(row.JSON); err != nil {
				return nil, err
			}
		}
		write(jsontext.EndArray)
	}
	if p.Token != "" {
		write(jsontext.String(tokenName))
		write(jsontext.String(p.Token))
	}
	for _, m := range p.rest {
		write(jsontext.String(m.name))
		if err := e.WriteValue(m.value); err != nil {
			return nil, err
		}
	}
	err := e.WriteToken(jsontext.EndObject)
	return b.Bytes(), err
}

// OffsetToken is MLflow's page token for the row at offset (mlflow/utils/search_utils.py, SearchUtils.create_page_token).
func OffsetToken(offset int) string {
	return base64.StdEncoding.EncodeToString([]byte(`{"offset": ` + strconv.Itoa(offset) + `}`))
}

// TokenOffset reads such a token; the first page's "" is offset 0. ok is false for a token of another form.
func TokenOffset(token string) (offset int, ok bool) {
	if token == "" {
		return 0, true
	}
	text, err := base64.StdEncoding.DecodeString(token)
	if err != nil {
		return 0, false
	}
	var t struct {
		Offset *int `json:"offset"`
	}
	if json.Unmarshal(text, &t, json.RejectUnknownMembers(true)) != nil || t.Offset == nil || *t.Offset < 0 {
		return 0, false
	}
	return *t.Offset, true
}
