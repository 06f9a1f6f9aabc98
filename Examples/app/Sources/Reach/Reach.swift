/// Says where an application reaches the shop, and who answers there.
///
/// `Shop` is made of `shop.hagen.yaml` while this is built: a cluster that is renamed there, or that has no active member
/// any more, is an error of the compiler here.
@main
struct Reach {
    static func main() {
        let isLab = CommandLine.arguments.contains("--lab")
        let placement: HagenTopology.Placement = isLab ? .loopback : .declared
        for endpoint in [Shop.orders.active, Shop.api.members] {
            for address in endpoint.addresses(in: placement) {
                let answer = Connection.firstLine(from: address) ?? "no answer"
                print("\(endpoint.cluster).\(endpoint.role)  \(address)  \(answer)")
            }
        }
    }
}
