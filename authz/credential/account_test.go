package credential

import (
	"context"
	"sync"
)

// people is an Accounts in memory.
type people struct {
	mu   sync.Mutex
	all  map[string]Account
	down error
}

func (p *people) Account(_ context.Context, username string) (Account, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.down != nil {
		return Account{}, p.down
	}
	a, ok := p.all[username]
	if !ok {
		return Account{}, ErrNoAccount
	}
	return a, nil
}

func (p *people) put(username string, a Account) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.all == nil {
		p.all = make(map[string]Account)
	}
	p.all[username] = a
}

func (p *people) change(username string, f func(*Account)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	a := p.all[username]
	f(&a)
	p.all[username] = a
}

func (p *people) remove(username string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.all, username)
}
