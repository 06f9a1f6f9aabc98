// 5:5: error: 'buildExpression' is unavailable: a text declares nothing: write the declaration, or the property that holds it
import Hagen

let topology = Topology("shop") {
    "orders"
}
