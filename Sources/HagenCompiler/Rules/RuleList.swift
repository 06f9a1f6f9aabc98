/// Every rule, by code; they are run in this order.
package enum RuleList {
    package static let all: [any Rule] = [
        EngineMissing(),  // HG0100
        DuplicateName(),  // HG0101
        UnknownReference(),  // HG0102
        DuplicateAddress(),  // HG0103
        ListenerConflict(),  // HG0104
        EvenCoordinators(),  // HG0105
        EmbeddedAcrossMachines(),  // HG0106
        SharedFailureDomain(),  // HG0107
        MinimumAboveMembers(),  // HG0108
        LeaseTooTight(),  // HG0109
        StrategyMismatch(),  // HG0110
        BalancerWithoutCheck(),  // HG0111
        AlertWithoutReceiver(),  // HG0112
        BadValue(),  // HG0113
        AlertSyntax(),  // HG0114
        AlertNotEvaluated(),  // HG0115
        ClusterWithoutMembers(),  // HG0116
        RoleNotInCluster(),  // HG0117
        BalancedWithoutPort(),  // HG0118
        ExternalOnHosts(),  // HG0119
        IntervalOutOfRange(),  // HG0120
        FailoverSettingWithoutFailover(),  // HG0121
        CheckWithoutPort(),  // HG0122
        ForeignListenAddress(),  // HG0123
        NobodyTakesOver(),  // HG0124
        RelativeProgram(),  // HG0125
        NoWeight(),  // HG0126
        AllowanceWithoutEffect(),  // HG0185
        UnneededAllowance(),  // HG0186
    ]
}
