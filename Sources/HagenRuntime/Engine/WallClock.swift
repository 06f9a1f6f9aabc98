// Beside Glibc: in a release build the fields of `timespec` belong to whichever of the two is read first.
internal import CLinux
internal import Glibc
internal import Hagen

extension WallTime {
    /// By the host's clock, which people may set as they like.
    static var now: WallTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WallTime(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
