package credential

import "testing"

func TestNewBasicRefusesAnEmptyConfig(t *testing.T) {
	if _, err := NewBasic(Config{}); err == nil {
		t.Error("no accounts and no hasher were accepted")
	}
	h, _ := NewHasher(HasherConfig{Cost: cheap})
	if _, err := NewBasic(Config{Accounts: &people{}, Hasher: h, Limits: Limits{Size: 1}}); err == nil {
		t.Error("limits that let nobody in were accepted")
	}
	if _, err := NewBasic(Config{Accounts: &people{}, Hasher: h}); err != nil {
		t.Error(err)
	}
}
