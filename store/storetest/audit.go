package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"extauthz/authz"
	"extauthz/store"
)

func auditCases() []conformance {
	return []conformance{
		{"EveryWriteIsOnRecord", testWritesOnRecord},
		{"ARefusedWriteIsNotOnRecord", testRefusalsNotOnRecord},
		{"NoSecretIsOnRecord", testNoSecretOnRecord},
		{"ARecordNamesItsActor", testActor},
		{"AppendAuditIsNoWrite", testAppendAudit},
		{"AuditLogIsNewestFirstAndAnswersItsQuery", testAuditLog},
		{"LongAuditLogsAreWhole", testLongAuditLog},
		{"PruneAuditDeletesTheOldestAndSaysSo", testPruneAudit},
	}
}

// lastRecords are the newest n, the oldest of them first, without what no test can foresee.
func lastRecords(t tester, l *ledger, n int) []store.Audit {
	t.Helper()
	records := all(t, l.AuditLog(context.Background(), store.AuditQuery{Limit: n}))
	slices.Reverse(records)
	for i := range records {
		records[i].Seq, records[i].At = 0, time.Time{}
	}
	return records
}

// testWritesOnRecord makes every kind of write once.
func testWritesOnRecord(t *testing.T, l *ledger) {
	ctx := context.Background()
	one, model := experiment("1"), authz.Resource{Kind: authz.RegisteredModel, Workspace: "team", ID: "m"}
	moved := authz.Resource{Kind: authz.RegisteredModel, Workspace: "team", ID: "n"}
	noError := func(_ any, err error) error { return err }
	var role store.Role
	for _, step := range []struct {
		write func() error
		want  store.Audit
	}{
		{
			func() error {
				return noError(l.CreateUser(ctx, store.User{Username: "ann", PasswordHash: "h", Admin: true}))
			},
			store.Audit{Action: store.UserCreate, Target: "user ann", After: `{"admin":true,"id":1,"password":"set"}`},
		},
		{
			func() error { return noError(l.CreateUser(ctx, store.User{Username: "bob", Admin: true})) },
			store.Audit{Action: store.UserCreate, Target: "user bob", After: `{"admin":true,"id":2}`},
		},
		{
			func() error {
				return noError(l.UpdateUser(ctx, "ann", func(u *store.User) error { u.PasswordHash = "other"; return nil }))
			},
			store.Audit{Action: store.UserUpdate, Target: "user ann", After: `{"password":"changed"}`},
		},
		{
			func() error {
				return noError(l.UpdateUser(ctx, "ann", func(u *store.User) error { u.Admin, u.Disabled = false, true; return nil }))
			},
			store.Audit{Action: store.UserUpdate, Target: "user ann", Before: `{"admin":true}`, After: `{"disabled":true}`},
		},
		{
			func() error { return noError(l.RenameUser(ctx, "ann", "anna")) },
			store.Audit{Action: store.UserRename, Target: "user ann", Before: `{"username":"ann"}`, After: `{"username":"anna"}`},
		},
		{
			func() (err error) {
				role, err = l.CreateRole(ctx, store.Role{Workspace: "team", Name: "readers", Default: authz.Read})
				return err
			},
			store.Audit{Action: store.RoleCreate, Target: "role readers in workspace team", After: `{"default":"READ","id":3,"name":"readers"}`},
		},
		{
			func() error {
				return noError(l.UpdateRole(ctx, role.ID, func(r *store.Role) error { r.Default, r.Description = 0, "x"; return nil }))
			},
			store.Audit{
				Action: store.RoleUpdate, Target: "role readers in workspace team", Before: `{"default":"READ"}`, After: `{"description":"x"}`,
			},
		},
		{
			func() error { return noError(l.Assign(ctx, 1, role.ID)) },
			store.Audit{Action: store.RoleAssign, Target: "role readers in workspace team for anna", After: `{"id":1}`},
		},
		{
			func() error { return l.CreateGrant(ctx, store.Grant{Holder: 1, Resource: one, Permission: authz.Read}) },
			store.Audit{Action: store.GrantCreate, Target: "experiment 1 for anna", After: `{"id":1,"permission":"READ"}`},
		},
		{
			func() error { return l.UpdateGrant(ctx, store.Grant{Holder: 1, Resource: one, Permission: authz.Edit}) },
			store.Audit{
				Action: store.GrantUpdate, Target: "experiment 1 for anna", Before: `{"permission":"READ"}`, After: `{"permission":"EDIT"}`,
			},
		},
		{
			func() error {
				return noError(l.SetGrant(ctx, store.Grant{Holder: role.ID, Resource: model, Permission: authz.Deny}))
			},
			store.Audit{
				Action: store.GrantCreate, Target: "registered_model m in workspace team for role readers in workspace team",
				After: `{"id":2,"permission":"DENY"}`,
			},
		},
		{
			func() error { return l.Move(ctx, model, moved) },
			store.Audit{
				Action: store.ResourceMove, Target: "registered_model m in workspace team",
				Before: `{"grants":["DENY on registered_model m in workspace team for role readers in workspace team"],` +
					`"name":"registered_model m in workspace team"}`,
				After: `{"name":"registered_model n in workspace team"}`,
			},
		},
		{
			func() error { return l.Own(ctx, one, 2) },
			store.Audit{
				Action: store.ResourceOwn, Target: "experiment 1 for bob", Before: `{"grants":["EDIT on experiment 1 for anna"]}`,
				After: `{"id":3,"permission":"MANAGE"}`,
			},
		},
		{
			func() error { return l.Forget(ctx, one) },
			store.Audit{Action: store.ResourceForget, Target: "experiment 1", Before: `{"grants":["MANAGE on experiment 1 for bob"]}`},
		},
		{
			func() error { return noError(l.CreateCredential(ctx, token(1, "laptop", 1))) },
			store.Audit{Action: store.CredentialCreate, Target: "token laptop of anna", After: `{"id":1,"name":"laptop"}`},
		},
		{
			func() error { return l.DeleteCredential(ctx, 1, 1) },
			store.Audit{Action: store.CredentialDelete, Target: "token laptop of anna", Before: `{"id":1,"name":"laptop"}`},
		},
		{
			func() error { return l.DeleteGrant(ctx, role.ID, moved) },
			store.Audit{
				Action: store.GrantDelete, Target: "registered_model n in workspace team for role readers in workspace team",
				Before: `{"id":2,"permission":"DENY"}`,
			},
		},
		{
			func() error { return l.Unassign(ctx, 1, role.ID) },
			store.Audit{Action: store.RoleUnassign, Target: "role readers in workspace team for anna", Before: `{"id":1}`},
		},
		{
			func() error { return l.ForgetWorkspace(ctx, "team") },
			store.Audit{Action: store.WorkspaceForget, Target: "workspace team", Before: `{"roles":["readers"]}`},
		},
		{
			func() (err error) { return l.DeleteUser(ctx, "anna") },
			store.Audit{Action: store.UserDelete, Target: "user anna", Before: `{"disabled":true,"id":1}`},
		},
	} {
		check(t, step.write())
		equal(t, "the record of "+string(step.want.Action), lastRecords(t, l, 1), []store.Audit{step.want})
	}
}

func testRefusalsNotOnRecord(t *testing.T, l *ledger) {
	ctx := context.Background()
	ann, r := newUser(t, l, "ann"), newRole(t, l, "readers")
	grant(t, l, ann.ID, experiment("1"), authz.Read)
	before := all(t, l.AuditLog(ctx, store.AuditQuery{}))
	_, err := l.CreateUser(ctx, store.User{Username: "ann"})
	wantErr(t, err, store.ErrExists)
	_, err = l.RenameUser(ctx, "bob", "eve")
	wantErr(t, err, store.ErrNotFound)
	_, err = l.Assign(ctx, r.ID, r.ID)
	wantErr(t, err, store.ErrNotFound)
	wantErr(t, l.DeleteCredential(ctx, ann.ID, 1), store.ErrNotFound)
	_, err = l.SetGrant(ctx, store.Grant{Holder: ann.ID, Resource: experiment("1"), Permission: authz.Read})
	check(t, err)
	check(t, l.Forget(ctx, experiment("2")))
	wantErr(t, l.Import(ctx, store.Snapshot{Users: []store.User{{Username: "eve"}}, DeleteUsers: []string{"ann"}, Roles: []store.Role{{}}}), store.ErrInvalid)
	equal(t, "the records", all(t, l.AuditLog(ctx, store.AuditQuery{})), before)
}

func testNoSecretOnRecord(t *testing.T, l *ledger) {
	ctx := context.Background()
	const secret = "canary"
	digest := token(0, "", 1).Key
	copy(digest, secret)
	u, err := l.CreateUser(ctx, store.User{Username: "ann", PasswordHash: "$argon2id$" + secret})
	check(t, err)
	_, err = l.UpdateUser(ctx, "ann", func(u *store.User) error { u.PasswordHash = "new " + secret; return nil })
	check(t, err)
	for _, c := range []store.Credential{
		{UserID: u.ID, Kind: store.Token, Name: "laptop", Key: digest},
		{UserID: u.ID, Kind: store.AccessKey, Name: "key", Key: []byte("AKIA" + secret), Sealed: []byte(secret)},
		{UserID: u.ID, Kind: store.AccessKey, Name: "old", Key: []byte("AKIB" + secret), Sealed: []byte(secret)},
	} {
		check(t, l.DeleteCredential(ctx, u.ID, newCredential(t, l, c).ID))
		newCredential(t, l, c)
	}
	out, err := l.Export(ctx)
	check(t, err)
	check(t, l.DeleteUser(ctx, "ann"))
	check(t, l.Import(ctx, out))
	for _, a := range all(t, l.AuditLog(ctx, store.AuditQuery{})) {
		if strings.Contains(fmt.Sprintf("%+v", a), secret) {
			t.Errorf("a secret is on record: %+v", a)
		}
	}
}

func testActor(t *testing.T, l *ledger) {
	actor := store.Actor{Username: "root", UserID: 7, Method: authz.ByToken, Source: "192.0.2.1", RequestID: "r1"}
	ctx := store.WithActor(context.Background(), actor)
	_, err := l.CreateUser(ctx, store.User{Username: "ann"})
	check(t, err)
	newUser(t, l, "bob")
	var actors []store.Actor
	for _, a := range all(t, l.AuditLog(context.Background(), store.AuditQuery{})) {
		actors = append(actors, a.Actor)
		if a.At.IsZero() || a.At.Location() != time.UTC {
			t.Errorf("the record's time is %v", a.At)
		}
	}
	equal(t, "the actors", actors, []store.Actor{{}, actor})
	equal(t, "the service itself", store.ActorOf(context.Background()), store.Actor{})
}

func failure(name string, at time.Time) store.Audit {
	return store.Audit{At: at, Actor: store.Actor{Username: name, Source: "192.0.2.7"}, Action: store.SignInFailed, Target: "user " + name, After: `{"a":1}`}
}

func testAppendAudit(t *testing.T, l *ledger) {
	ctx := context.Background()
	at := time.Date(2026, 5, 6, 7, 8, 9, 10, time.FixedZone("east", 3600))
	newUser(t, l, "ann")
	revision, err := l.Revision(ctx)
	check(t, err)
	check(t, l.AppendAudit(ctx))
	check(t, l.AppendAudit(ctx, failure("ann", at), failure("\xff\x00", at), failure("bob", time.Time{})))
	after, err := l.Revision(ctx)
	check(t, err)
	equal(t, "the revision", after, revision)
	records := all(t, l.AuditLog(ctx, store.AuditQuery{Limit: 3}))
	slices.Reverse(records)
	want := []store.Audit{failure("ann", at.UTC()), failure("\xff\x00", at.UTC()), failure("bob", time.Time{})}
	equal(t, "times", []bool{records[0].At.Equal(at), records[1].At.Equal(at), records[2].At.IsZero()}, []bool{true, true, false})
	for i := range want {
		want[i].Seq, want[i].At = records[0].Seq+uint64(i), records[i].At
	}
	equal(t, "the records", records, want)
	newUser(t, l, "eve")
	equal(t, "the next", all(t, l.AuditLog(ctx, store.AuditQuery{Limit: 1}))[0].Seq, records[2].Seq+1)
	check(t, l.AppendAudit(ctx, failure(strings.Repeat("é", store.MaxName), at))) // cut, not refused
}

func testAuditLog(t *testing.T, l *ledger) {
	ctx := context.Background()
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 10 {
		check(t, l.AppendAudit(ctx, failure(fmt.Sprint("user", i%5), start.Add(time.Duration(i)*time.Hour))))
	}
	newUser(t, l, "user1")
	hour := func(i int) time.Time { return start.Add(time.Duration(i) * time.Hour) }
	for name, c := range map[string]struct {
		query store.AuditQuery
		want  []uint64
	}{
		"all":             {store.AuditQuery{}, []uint64{11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1}},
		"an actor":        {store.AuditQuery{Actor: "user1"}, []uint64{7, 2}},
		"no such actor":   {store.AuditQuery{Actor: "user"}, nil},
		"an action":       {store.AuditQuery{Action: "user."}, []uint64{11}},
		"a target":        {store.AuditQuery{Target: "user user1"}, []uint64{11, 7, 2}},
		"a text":          {store.AuditQuery{Text: "R User1"}, []uint64{11, 7, 2}},
		"a text of after": {store.AuditQuery{Text: `"a":1`, Limit: 2}, []uint64{10, 9}},
		"no such text":    {store.AuditQuery{Text: "user9"}, nil},
		"text and action": {store.AuditQuery{Text: "user1", Action: "user."}, []uint64{11}},
		"both":            {store.AuditQuery{Target: "user user1", Action: "sign_in.failed"}, []uint64{7, 2}},
		"some time":       {store.AuditQuery{After: hour(3), Before: hour(6)}, []uint64{6, 5, 4}},
		"some":            {store.AuditQuery{Limit: 2}, []uint64{11, 10}},
		"the next":        {store.AuditQuery{Limit: 2, BeforeSeq: 10}, []uint64{9, 8}},
		"before all":      {store.AuditQuery{BeforeSeq: 1}, nil},
		"the actor's 2nd": {store.AuditQuery{Actor: "user1", Limit: 1, BeforeSeq: 7}, []uint64{2}},
	} {
		var got []uint64
		for _, a := range all(t, l.AuditLog(ctx, c.query)) {
			got = append(got, a.Seq)
		}
		equal(t, name, got, c.want)
	}
	for range l.AuditLog(ctx, store.AuditQuery{}) {
		break // stopping early is allowed
	}
}

// testLongAuditLog is about whatever portions a backend reads its lists in.
func testLongAuditLog(t *testing.T, l *ledger) {
	ctx := context.Background()
	var many []store.Audit
	for i := range 2500 {
		many = append(many, failure(fmt.Sprint(i%1250), time.Time{}))
	}
	check(t, l.AppendAudit(ctx, many...))
	equal(t, "number of records", len(all(t, l.AuditLog(ctx, store.AuditQuery{}))), len(many))
	equal(t, "number of one's", len(all(t, l.AuditLog(ctx, store.AuditQuery{Actor: "7"}))), 2)
	for a, err := range l.AuditLog(ctx, store.AuditQuery{Limit: 3}) { // writing while reading must not wait for itself
		check(t, err)
		check(t, l.AppendAudit(ctx, a))
	}
}

func testPruneAudit(t *testing.T, l *ledger) {
	ctx := context.Background()
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 10 {
		check(t, l.AppendAudit(ctx, failure("ann", start.Add(time.Duration(i)*time.Hour))))
	}
	revision, err := l.Revision(ctx)
	check(t, err)
	n, err := l.PruneAudit(ctx, start)
	check(t, err)
	equal(t, "pruned", n, 0)
	n, err = l.PruneAudit(ctx, start.Add(4*time.Hour))
	check(t, err)
	equal(t, "pruned", n, 4)
	l.records.Add(1 - 4)
	after, err := l.Revision(ctx)
	check(t, err)
	equal(t, "the revision", after, revision)
	records := all(t, l.AuditLog(ctx, store.AuditQuery{}))
	equal(t, "the newest", records[0], store.Audit{
		Seq: 11, At: records[0].At, Action: store.AuditPrune, Target: "records before 2026-01-01T04:00:00Z", Before: `{"records":4}`,
	})
	equal(t, "the oldest", records[len(records)-1].Seq, uint64(5))
}
