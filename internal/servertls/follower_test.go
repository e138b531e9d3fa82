package servertls

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"extauthz/internal/pki"
)

// stage is a listener with certificates in a directory.
type stage struct {
	*testing.T
	authority *pki.Authority
	dir       string
	files     Files
	follower  *Follower
	log       bytes.Buffer
	address   string
}

const envoy = "spiffe://example.com/envoy"

func setStage(t *testing.T, change func(*Files)) *stage {
	t.Helper()
	s := &stage{T: t, authority: authority(t), dir: t.TempDir()}
	s.files = Files{
		Certificate: s.path("server.pem"), Key: s.path("server.key"), ClientCA: s.path("ca.pem"), ClientNames: []string{envoy, "envoy.internal"},
	}
	if change != nil {
		change(&s.files)
	}
	s.must(pki.Replace(s.path("ca.pem"), s.authority.Certificate()))
	s.serve("first.example.com")
	var err error
	s.follower, err = Follow("test", s.files, []string{"h2"}, NewMetrics(prometheus.NewRegistry()), slog.New(slog.NewTextHandler(&s.log, nil)))
	s.must(err)
	s.listen()
	return s
}

func authority(t *testing.T) *pki.Authority {
	t.Helper()
	a, err := pki.NewAuthority("test", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func (s *stage) path(name string) string { return filepath.Join(s.dir, name) }

func (s *stage) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *stage) serve(host string) {
	s.Helper()
	p, err := s.authority.Issue(pki.Server(host))
	s.must(err)
	s.must(p.Write(s.dir, "server"))
}

// listen answers every line with itself.
func (s *stage) listen() {
	l, err := tls.Listen("tcp", "127.0.0.1:0", s.follower.Config())
	s.must(err)
	s.Cleanup(func() { l.Close() })
	s.address = l.Addr().String()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(c, c) }()
		}
	}()
}

// connect says a line to the server that must have that name, and keeps the connection.
func (s *stage) connect(host string, client *pki.Pair) (net.Conn, error) {
	s.Helper()
	config := &tls.Config{ServerName: host, RootCAs: x509.NewCertPool(), NextProtos: []string{"h2"}}
	config.RootCAs.AppendCertsFromPEM(s.authority.Certificate())
	if client != nil {
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
			c, err := client.TLS()
			return &c, err
		}
	}
	c, err := tls.Dial("tcp", s.address, config)
	if err != nil {
		return nil, err
	}
	s.Cleanup(func() { c.Close() })
	return c, says(c)
}

func says(c net.Conn) error {
	if _, err := c.Write([]byte("hello")); err != nil {
		return err
	}
	_, err := io.ReadFull(c, make([]byte, 5))
	return err
}

func (s *stage) client(a *pki.Authority, change ...func(*x509.Certificate)) *pki.Pair {
	s.Helper()
	template, err := pki.Client(envoy)
	s.must(err)
	for _, c := range change {
		c(&template)
	}
	p, err := a.Issue(template)
	s.must(err)
	return &p
}

// TestOnlyNamedClientsConnect: whoever reaches Envoy's door to the service can say anything about anybody.
func TestOnlyNamedClientsConnect(t *testing.T) {
	s := setStage(t, nil)
	other := func(c *x509.Certificate) { c.URIs[0].Path = "/user/alice" }
	for _, c := range []struct {
		name   string
		client *pki.Pair
		ok     bool
	}{
		{"Envoy", s.client(s.authority), true},
		{"Envoy by its DNS name", s.client(s.authority, other, func(c *x509.Certificate) { c.DNSNames = []string{"envoy.internal"} }), true},
		{"a user of the same authority", s.client(s.authority, other), false},
		{"the name in another place", s.client(s.authority, other, func(c *x509.Certificate) { c.Subject.CommonName = envoy }), false},
		{"another authority", s.client(authority(t)), false},
		{"expired", s.client(s.authority, func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = time.Now().Add(-2*time.Hour), time.Now().Add(-time.Hour)
		}), false},
		{"a server's certificate", s.client(s.authority, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }), false},
		{"no certificate", nil, false},
	} {
		if _, err := s.connect("first.example.com", c.client); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestOptionalCertificatesAreVerified(t *testing.T) {
	s := setStage(t, func(f *Files) { f.ClientOptional, f.ClientNames = true, nil })
	for name, c := range map[string]struct {
		client *pki.Pair
		ok     bool
	}{"none": {nil, true}, "one": {s.client(s.authority), true}, "another authority's": {s.client(authority(t)), false}} {
		if _, err := s.connect("first.example.com", c.client); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestChangedFilesHoldForNewConnections: those that are open go on.
func TestChangedFilesHoldForNewConnections(t *testing.T) {
	s := setStage(t, nil)
	client := s.client(s.authority)
	open, err := s.connect("first.example.com", client)
	s.must(err)
	s.serve("second.example.com")
	s.follower.look(t.Context())
	if _, err := s.connect("second.example.com", client); err != nil {
		t.Error(err)
	}
	if err := says(open); err != nil {
		t.Errorf("the open connection: %v", err)
	}
	if _, err := s.connect("first.example.com", client); !errors.As(err, new(x509.HostnameError)) && !errors.As(err, new(*tls.CertificateVerificationError)) {
		t.Errorf("the old certificate: %v", err)
	}
	others := authority(t)
	s.must(pki.Replace(s.path("ca.pem"), others.Certificate()))
	s.follower.look(t.Context())
	if _, err := s.connect("second.example.com", client); err == nil {
		t.Error("the old authority still counts")
	}
	if _, err := s.connect("second.example.com", s.client(others)); err != nil {
		t.Errorf("the new authority: %v", err)
	}
}

// TestBrokenFilesChangeNothing: they are logged and counted, once.
func TestBrokenFilesChangeNothing(t *testing.T) {
	for name, breaks := range map[string]func(*stage) error{
		"no certificate":    func(s *stage) error { return os.WriteFile(s.files.Certificate, []byte("broken"), 0o600) },
		"a key for another": func(s *stage) error { return os.WriteFile(s.files.Key, s.client(s.authority).Key, 0o600) },
		"no authority":      func(s *stage) error { return os.WriteFile(s.files.ClientCA, nil, 0o600) },
		"gone":              func(s *stage) error { return os.Remove(s.files.Certificate) },
	} {
		t.Run(name, func(t *testing.T) {
			s := setStage(t, nil)
			s.must(breaks(s))
			for range 3 {
				s.follower.look(t.Context())
			}
			if _, err := s.connect("first.example.com", s.client(s.authority)); err != nil {
				t.Errorf("the old certificate is gone: %v", err)
			}
			if n := testutil.ToFloat64(s.follower.metrics.reloads.WithLabelValues("test", "refused")); n != 1 {
				t.Errorf("counted %v times", n)
			}
			if n := bytes.Count(s.log.Bytes(), []byte("level=ERROR")); n != 1 || bytes.Contains(s.log.Bytes(), []byte("PRIVATE")) {
				t.Errorf("logged %d times: %s", n, s.log.String())
			}
			s.must(pki.Replace(s.path("ca.pem"), s.authority.Certificate()))
			s.serve("second.example.com")
			s.follower.look(t.Context())
			if _, err := s.connect("second.example.com", s.client(s.authority)); err != nil {
				t.Errorf("mended: %v", err)
			}
		})
	}
}

// TestKubernetesSwapsADirectory: the files are links into ..data, which is a link that Kubernetes replaces.
func TestKubernetesSwapsADirectory(t *testing.T) {
	s := setStage(t, nil)
	mount := t.TempDir()
	version := func(name, host string) {
		dir := filepath.Join(mount, name)
		s.must(os.Mkdir(dir, 0o700))
		p, err := s.authority.Issue(pki.Server(host))
		s.must(err)
		s.must(p.Write(dir, "tls"))
		s.must(os.Symlink(name, filepath.Join(mount, "..new")))
		s.must(os.Rename(filepath.Join(mount, "..new"), filepath.Join(mount, "..data")))
	}
	version("..1", "first.example.com")
	for _, file := range []string{"tls.pem", "tls.key"} {
		s.must(os.Symlink(filepath.Join("..data", file), filepath.Join(mount, file)))
	}
	var err error
	files := Files{Certificate: filepath.Join(mount, "tls.pem"), Key: filepath.Join(mount, "tls.key")}
	s.follower, err = Follow("mount", files, []string{"h2"}, s.follower.metrics, slog.New(slog.DiscardHandler))
	s.must(err)
	s.listen()
	version("..2", "second.example.com")
	s.follower.look(t.Context())
	if _, err := s.connect("second.example.com", nil); err != nil {
		t.Error(err)
	}
}

// TestRunLooksUntilItIsStopped, in time that does not pass.
func TestRunLooksUntilItIsStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := authority(t)
		dir := t.TempDir()
		write := func(host string) {
			p, err := a.Issue(pki.Server(host))
			if err != nil {
				t.Fatal(err)
			}
			if err := p.Write(dir, "server"); err != nil {
				t.Fatal(err)
			}
		}
		write("first.example.com")
		files := Files{Certificate: filepath.Join(dir, "server.pem"), Key: filepath.Join(dir, "server.key")}
		f, err := Follow("test", files, nil, NewMetrics(prometheus.NewRegistry()), slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		go f.Run(ctx, time.Minute)
		write("second.example.com")
		time.Sleep(time.Minute)
		synctest.Wait()
		if names := f.current.Load().Certificates[0].Leaf.DNSNames; names[0] != "second.example.com" {
			t.Errorf("after a minute: %q", names)
		}
		stop()
	})
}

func TestHalfOfTheFilesIsRefused(t *testing.T) {
	for name, f := range map[string]Files{
		"no key":              {Certificate: "a"},
		"no certificate":      {Key: "a"},
		"clients without TLS": {ClientCA: "a"},
		"names of anybody's":  {Certificate: "a", Key: "b", ClientNames: []string{"c"}},
		"an empty name":       {Certificate: "a", Key: "b", ClientCA: "c", ClientNames: []string{""}},
	} {
		if f.Check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if err := (Files{}).Check(); err != nil || (Files{}).On() || (Files{}).Mutual() {
		t.Errorf("nothing at all: %v", err)
	}
	if _, err := Follow("x", Files{Certificate: "/nowhere/a", Key: "/nowhere/b"}, nil, nil, nil); err == nil {
		t.Error("files that are not there")
	}
}
