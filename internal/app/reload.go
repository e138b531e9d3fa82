package app

import "fmt"

// Reload lets Live of the configuration that load returns hold from the next request on, all of it or, with an error, nothing. Whatever else
// has changed takes a restart and is not looked at. Requests under way end as they began.
func (a *App) Reload(load func() (Config, error)) error {
	a.reloading.Lock()
	defer a.reloading.Unlock()
	err := a.reload(load)
	a.reloads.Ended(err)
	if err != nil {
		return fmt.Errorf("the configuration is not reloaded, the one before holds: %w", err)
	}
	return nil
}

func (a *App) reload(load func() (Config, error)) error {
	c, err := load()
	if err != nil {
		return err
	}
	next := a.config
	next.Live = c.Live
	if err := next.Validate(); err != nil {
		return err
	}
	p, err := a.parts.policy(next.Live, a.current.Load().issuers)
	if err != nil {
		return err
	}
	a.current.Store(p)
	a.level.Set(next.LogLevel)
	return nil
}
