/// The templates of this folder as text. They are compiled into the program, so that no file has to be found at run
/// time.
package enum Templates {
    /// A release's `README.md`.
    package static var release: String { String(decoding: PackageResources.release_md_mustache, as: UTF8.self) }
    /// What a topology can be expected to do, as a page of HTML.
    package static var report: String { String(decoding: PackageResources.report_html_mustache, as: UTF8.self) }
}
