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
        UnusedPart(),  // HG0127
        ConfusableNames(),  // HG0128
        WitnessWithWork(),  // HG0129
        FenceAgentWithoutParameters(),  // HG0130
        VirtualIPOutsideNetwork(),  // HG0131
        VirtualIPTaken(),  // HG0132
        NotAHostAddress(),  // HG0133
        EvenMultiPrimary(),  // HG0134
        SingleCoordinator(),  // HG0135
        MajorityInOneZone(),  // HG0136
        LeaseBelowElections(),  // HG0137
        AggressiveLease(),  // HG0138
        WatchdogBesideLease(),  // HG0139
        RecoveryTimeTooShort(),  // HG0140
        RestartLimitOutOfReach(),  // HG0141
        DatabaseWithoutReplication(),  // HG0142
        ReplicationWithoutEffect(),  // HG0143
        ReplicationUnknownToEngine(),  // HG0144
        AcknowledgementsAboveStandbys(),  // HG0145
        WritesStopWithOneStandby(),  // HG0146
        AsynchronousWithoutMaximumLag(),  // HG0147
        SelfFencedAsynchronous(),  // HG0148
        RecoveryPointNotKept(),  // HG0149
        AllowanceWithoutEffect(),  // HG0185
        UnneededAllowance(),  // HG0186
    ]
}
