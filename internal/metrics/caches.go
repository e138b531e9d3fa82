package metrics

import "github.com/prometheus/client_golang/prometheus"

// Cache is something that remembers answers.
type Cache struct {
	Name string // the label: a constant of this program
	// Read returns how often an answer was there and how often it was not, and how many answers are there now.
	Read func() (hits, misses uint64, entries int)
}

// caches reads all of them when it is asked.
type caches struct {
	all                   []Cache
	hits, misses, entries *prometheus.Desc
}

// RegisterCaches registers what it reads of all caches.
func RegisterCaches(registry prometheus.Registerer, all ...Cache) {
	label := []string{"cache"}
	registry.MustRegister(&caches{
		all: all,
		hits: prometheus.NewDesc("extauthz_cache_hits_total",
			"Answers that a cache had: credentials (a password that was verified before), accounts, grants and keys (of the store, since its last write; keys are tokens and access keys), owners (whose a run or logged model is).", label, nil),
		misses: prometheus.NewDesc("extauthz_cache_misses_total",
			"Answers that a cache had not. A miss of credentials costs a password's hash, about 50 ms of a core; one of owners a look-up at MLflow; one of accounts, grants and keys some microseconds, so a store that is written all the time has many and it matters little.", label, nil),
		entries: prometheus.NewDesc("extauthz_cache_entries",
			"Answers in a cache. What is full drops what was not asked for lately: see --cache-entries when owners is full and misses often.", label, nil),
	})
}

func (c *caches) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.hits, c.misses, c.entries} {
		to <- d
	}
}

func (c *caches) Collect(to chan<- prometheus.Metric) {
	for _, cache := range c.all {
		hits, misses, entries := cache.Read()
		to <- prometheus.MustNewConstMetric(c.hits, prometheus.CounterValue, float64(hits), cache.Name)
		to <- prometheus.MustNewConstMetric(c.misses, prometheus.CounterValue, float64(misses), cache.Name)
		to <- prometheus.MustNewConstMetric(c.entries, prometheus.GaugeValue, float64(entries), cache.Name)
	}
}
