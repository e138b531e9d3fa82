package boltstore

import (
	"encoding/binary"

	"extauthz/store"
)

// pair compares a record with the others that were written with it, and counts what is counted in no bucket of its own.
func (k *verifier) pair(b bucket, key, payload []byte) {
	switch b {
	case usersBucket:
		k.pairUser(key, payload)
	case userIDsBucket:
		k.mustHave(k.userOf(binary.BigEndian.Uint64(key)))
	case grantsBucket:
		g := grantOfKey(key, payload)
		k.numbered += one(g.ID != 0)
		k.pairGrant(g)
	case grantsOnBucket:
		k.pairGrant(grantOnKeyed(key, payload))
	case grantIDsBucket:
		k.grantNumbered(binary.BigEndian.Uint64(key))
	case rolesBucket:
		k.role(binary.BigEndian.Uint64(key))
	case roleNamesBucket:
		workspace, rest := cutName(key)
		name, _ := cutName(rest)
		k.roleNamed(workspace, name)
	case membersBucket:
		k.pairMember(memberOf(key, payload))
	case credentialsBucket:
		c := k.wholeCredential(key, payload)
		k.mustHave(k.userOf(c.UserID))
	case credentialKeysBucket:
		user, id, _ := decodeKeyed(payload)
		if c, ok := k.credential(user, id); !ok || string(keyKey(nil, c.Kind, c.Key)) != string(key) {
			panic(damage("the key of a credential that does not exist"))
		}
	case credentialUsesBucket:
		user, _ := decodeUse(payload)
		if _, ok := k.credential(user, binary.BigEndian.Uint64(key)); !ok {
			panic(damage("the use of a credential that does not exist"))
		}
	case auditBucket:
		if a := decodeAudit(key, payload); a.Seq > k.state().lastRecord {
			panic(damage("an audit record that was never counted"))
		}
	}
}

func (k *verifier) mustHave(_ userRecord, ok bool) {
	if !ok {
		panic(damage("it belongs to a user who does not exist"))
	}
}

func (k *verifier) pairUser(key, payload []byte) {
	u := decodeUser(payload)
	u.Username = string(key)
	k.governing += one(u.Governs())
	k.assigned += uint64(len(u.roles))
	k.mustBePaired(u)
	for i, held := range u.roles {
		value, ok := k.get(membersBucket, memberKey(nil, held.role, u.ID))
		if !ok || memberOf(memberKey(nil, held.role, u.ID), value).ID != held.assignment {
			panic(damage("a user's role does not know its member"))
		}
		if i > 0 && u.roles[i-1].role >= held.role {
			panic(damage("the roles of a user are out of order"))
		}
	}
}

func (k *verifier) pairGrant(g store.Grant) {
	_ = k.permission(g.Holder, g.Resource)
	if k.report.Schema > 1 {
		k.mustBeNumbered(g)
	}
	if !k.hasUserID(g.Holder) && (k.report.Schema == 1 || !k.hasRoleID(g.Holder)) {
		panic(damage("a grant of a holder who does not exist"))
	}
}

func (k *verifier) pairMember(a store.Assignment) {
	u, ok := k.userOf(a.UserID)
	i, has := u.indexOf(a.RoleID)
	if !ok || !has || u.roles[i].assignment != a.ID {
		panic(damage("a role's member does not have the role"))
	}
	if _, ok := k.role(a.RoleID); !ok {
		panic(damage("a member of a role that does not exist"))
	}
}
