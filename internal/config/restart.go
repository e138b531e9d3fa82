package config

// NeedRestart names the settings that differ from what the process began with and that only a restart changes. What only a first start looks at
// is none of them.
func (l Loaded) NeedRestart(began Loaded) (names []string) {
	for i, s := range l.settings {
		if !s.live(l.values) && !s.firstStart && !s.is(began.settings[i]) {
			names = append(names, s.Key())
		}
	}
	return names
}
