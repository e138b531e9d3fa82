package sigv4

import (
	"cmp"
	"slices"
	"strings"
)

// maxPairs bounds what a request without a credential can make us sort.
const maxPairs = 1000

// pair is a parameter of a query. equals is "=", or "" where the query has none.
type pair struct{ key, equals, value string }

// appendQuery writes the query's pairs, sorted by key and then value. It is false for a query that has no canonical form.
func (d *draft) appendQuery(b []byte, f form, query string) ([]byte, bool) {
	if query == "" {
		return b, true
	}
	if strings.Count(query, "&") >= maxPairs {
		return b, false
	}
	d.pairs = d.pairs[:0]
	for text := range strings.SplitSeq(query, "&") {
		p, ok := readPair(f, text)
		if !ok {
			return b, false
		}
		d.pairs = append(d.pairs, p)
	}
	if f == lastOfKey {
		d.pairs = dropRepeated(d.pairs)
	}
	slices.SortFunc(d.pairs, pair.compare)
	for i, p := range d.pairs {
		if i > 0 {
			b = append(b, '&')
		}
		b = append(append(append(b, p.key...), p.equals...), p.value...)
	}
	clear(d.pairs) // the pool keeps no requests alive
	return b, true
}

// readPair refuses the signature of a presigned URL: a second credential, if there is one in the Authorization header.
func readPair(f form, text string) (pair, bool) {
	key, value, found := strings.Cut(text, "=")
	p := pair{key: key, value: value}
	if found || f == escaped {
		p.equals = "="
	}
	ok := true
	if f == escaped {
		var ok1, ok2 bool
		p.key, ok1 = escapedAnew(p.key)
		p.value, ok2 = escapedAnew(p.value)
		ok = ok1 && ok2
	}
	return p, ok && !strings.EqualFold(key, "x-amz-signature")
}

func (p pair) compare(q pair) int {
	return cmp.Or(cmp.Compare(p.key, q.key), cmp.Compare(p.value, q.value), cmp.Compare(p.equals, q.equals))
}

// dropRepeated keeps the last pair of each key.
func dropRepeated(pairs []pair) []pair {
	last := make(map[string]int, len(pairs))
	for i, p := range pairs {
		last[p.key] = i
	}
	kept := pairs[:0]
	for i, p := range pairs {
		if last[p.key] == i {
			kept = append(kept, p)
		}
	}
	return kept
}
