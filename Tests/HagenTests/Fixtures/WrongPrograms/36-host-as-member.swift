// 5:5: error: 'buildExpression' is unavailable: a host becomes a member by 'Member(HOST)'
import Hagen

let x = FailoverCluster("x", .activePassive, running: .process("/usr/bin/x", port: 1)) {
    Host.a1
}
