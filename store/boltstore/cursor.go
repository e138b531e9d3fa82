package boltstore

import "bytes"

// maxDepth bounds every descent, so a pointer that leads back to an ancestor ends in damage instead of for ever. A page has at least two
// children, so this is room for four thousand million pages.
const maxDepth = 32

// cursor stands on one record of a bucket, or after the last or before the first.
type cursor struct {
	tree  *tree
	b     bucket
	depth int // of the leaf's place in path
	path  [maxDepth]place
}

type place struct {
	page  page
	index int
}

func (c *cursor) leaf() *place { return &c.path[c.depth] }

// seek moves to the first record whose key is not before key, the way bbolt itself goes. The record it lands on must not be before key:
// if it is, a key of a branch page is wrong.
func (c *cursor) seek(key []byte) (found bool) {
	p := c.tree.bucketRoot(c.b)
	for c.depth = 0; !p.isLeaf(); c.depth++ {
		i := p.childIndex(key)
		c.path[c.depth] = place{p, i}
		_, child := p.branch(i)
		p = c.tree.page(child)
	}
	i, exact := p.find(key)
	c.path[c.depth] = place{p, i}
	if i == p.count() {
		*c.leaf() = place{p, i - 1}
		c.next()
	}
	k, ok := c.key()
	order := bytes.Compare(k, key)
	if ok && (order < 0 || exact != (order == 0)) {
		panic(damage("the keys of bucket " + c.b.name + " are out of order"))
	}
	return ok && order == 0
}

// key is false when the cursor is on no record.
func (c *cursor) key() ([]byte, bool) {
	at := c.leaf()
	if at.index < 0 || at.index >= at.page.count() {
		return nil, false
	}
	return at.page.key(at.index), true
}

// record is the checked record under the cursor; ok is false when there is none.
func (c *cursor) record() (key, payload []byte, ok bool) {
	if _, ok := c.key(); !ok {
		return nil, nil, false
	}
	flags, key, value := c.leaf().page.leaf(c.leaf().index)
	if flags != 0 {
		panic(damage("a record of bucket " + c.b.name + " says that it is a bucket"))
	}
	return key, unseal(c.b, key, value), true
}

// next moves on by one record; after the last it stands behind it.
func (c *cursor) next() {
	if at := c.leaf(); at.index+1 < at.page.count() {
		at.index++
		return
	}
	up := c.depth - 1
	for up >= 0 && c.path[up].index+1 >= c.path[up].page.count() {
		up--
	}
	if up < 0 {
		c.leaf().index = c.leaf().page.count()
		return
	}
	c.path[up].index++
	c.descend(up, func(page) int { return 0 })
}

// prev moves back by one record; before the first it stands before it.
func (c *cursor) prev() {
	if at := c.leaf(); at.index > 0 {
		at.index--
		return
	}
	up := c.depth - 1
	for up >= 0 && c.path[up].index == 0 {
		up--
	}
	if up < 0 {
		c.leaf().index = -1
		return
	}
	c.path[up].index--
	c.descend(up, func(p page) int { return p.count() - 1 })
}

// descend goes from the branch at path[from] to a leaf. bbolt leaves no empty leaf below a branch.
func (c *cursor) descend(from int, choose func(page) int) {
	for c.depth = from; !c.leaf().page.isLeaf(); {
		_, child := c.leaf().page.branch(c.leaf().index)
		p := c.tree.page(child)
		if p.count() == 0 {
			panic(damage("a page of bucket " + c.b.name + " is empty"))
		}
		c.depth++
		c.path[c.depth] = place{p, choose(p)}
	}
}
