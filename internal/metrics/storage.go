package metrics

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Sizes are what is in the store.
type Sizes struct {
	Bytes                           int64
	Revision, Users, Admins, Grants uint64
	Intents                         int
}

// storage reads the store when it is asked.
type storage struct {
	read  func(context.Context) (Sizes, error)
	sizes []size
}

type size struct {
	desc *prometheus.Desc
	of   func(Sizes) float64
}

// scrapeTime bounds one reading: a scrape must end, too.
const scrapeTime = time.Second

// RegisterStorage registers what read returns. While it fails there are no values; extauthz_part_healthy says why.
func RegisterStorage(registry prometheus.Registerer, read func(context.Context) (Sizes, error)) {
	registry.MustRegister(&storage{read, []size{
		{gauge("extauthz_store_size_bytes", "Size of the store's file. It grows and never shrinks; what is deleted makes room within."), func(s Sizes) float64 { return float64(s.Bytes) }},
		{gauge("extauthz_store_revision", "Writes that the store has ever seen. It only grows: a smaller one than before means that an older file was put back."), func(s Sizes) float64 { return float64(s.Revision) }},
		{gauge("extauthz_store_users", "Accounts, admins among them."), func(s Sizes) float64 { return float64(s.Users) }},
		{gauge("extauthz_store_admins", "Accounts that may do everything."), func(s Sizes) float64 { return float64(s.Admins) }},
		{gauge("extauthz_store_grants", "Permissions that users hold on resources."), func(s Sizes) float64 { return float64(s.Grants) }},
		{gauge("extauthz_store_intents", "Creates, renames and deletes whose outcome is not known yet. A few under load are normal; some that stay are changes whose response was lost and which MLflow cannot be asked about."), func(s Sizes) float64 { return float64(s.Intents) }},
	}})
}

func gauge(name, help string) *prometheus.Desc { return prometheus.NewDesc(name, help, nil, nil) }

func (s *storage) Describe(to chan<- *prometheus.Desc) {
	for _, size := range s.sizes {
		to <- size.desc
	}
}

func (s *storage) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTime)
	defer cancel()
	sizes, err := s.read(ctx)
	if err != nil {
		return
	}
	for _, size := range s.sizes {
		to <- prometheus.MustNewConstMetric(size.desc, prometheus.GaugeValue, size.of(sizes))
	}
}

// Commits times the store's writes.
type Commits struct{ duration *prometheus.HistogramVec }

// NewCommits registers its metric.
func NewCommits(registry prometheus.Registerer) *Commits {
	c := &Commits{prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:    "extauthz_store_commit_duration_seconds",
		Help:    "Time to make one write durable, which is the disk's fsync, by result (ok, failed). Checks do not wait for it; the auth REST API and creates of experiments do. failed is a disk that is full or read-only.",
		Buckets: []float64{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5},
	}, []string{"result"})}
	for _, result := range []string{"ok", failed} {
		c.duration.WithLabelValues(result)
	}
	registry.MustRegister(c.duration)
	return c
}

// Committed is told of each commit.
func (c *Commits) Committed(took time.Duration, err error) {
	result := "ok"
	if err != nil {
		result = failed
	}
	c.duration.WithLabelValues(result).Observe(took.Seconds())
}
