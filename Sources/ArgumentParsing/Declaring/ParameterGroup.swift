/// Parameters that belong together, declared as stored properties; commands share a group by having it as a property.
///
///     struct ProjectOptions: ParameterGroup {
///         let title = "Project options"
///         let folder = Option("project", .folder, default: ".", global: true, "the project folder")
///     }
///
/// The parameters are found by reflection over the stored properties, in their order, so none can be forgotten.
/// A computed property is not found; reading it from ``Given`` is a mistake in the program and traps.
package protocol ParameterGroup: Sendable {
    /// The heading over this group's options in the help; empty puts them under the heading that is in force.
    var title: String { get }
    /// What must hold between parameters, such as two options that exclude each other.
    var rules: [ParameterRule] { get }
}

extension ParameterGroup {
    package var title: String { "" }
    package var rules: [ParameterRule] { [] }

    /// This group's parameters and those of the groups in it, each with the heading it stands under.
    func declared(under heading: String) -> [DeclaredParameter] {
        let heading = title.isEmpty ? heading : title
        return Mirror(reflecting: self).children.flatMap { child -> [DeclaredParameter] in
            switch child.value {
            case let parameter as any Parameter:
                [DeclaredParameter(parameter: parameter, declaration: parameter.declaration, heading: heading)]
            case let group as any ParameterGroup:
                group.declared(under: heading)
            default:
                []
            }
        }
    }

    /// The rules of this group and of the groups in it.
    var allRules: [ParameterRule] {
        rules + Mirror(reflecting: self).children.flatMap { ($0.value as? any ParameterGroup)?.allRules ?? [] }
    }
}

struct DeclaredParameter: Sendable {
    let parameter: any Parameter
    let declaration: ParameterDeclaration
    let heading: String
}
