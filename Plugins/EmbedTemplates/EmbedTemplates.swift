import Foundation
import PackagePlugin

/// Builds the files of `templates/` into the target `Templates`.
@main
struct EmbedTemplates: BuildToolPlugin {
    func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
        let folder = context.package.directoryURL.appending(path: "templates")
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
            .filter { ["ps1", "yaml", "yml", "json"].contains(($0 as NSString).pathExtension) }
            .sorted()
        let inventories = try FileManager.default.contentsOfDirectory(
            atPath: context.package.directoryURL.appending(path: "inventory").path
        ).filter { $0.hasSuffix(".yml") }.sorted().map { "../inventory/\($0)" }
        let output = context.pluginWorkDirectoryURL.appending(path: "EmbeddedFiles.swift")
        return [
            .buildCommand(
                displayName: "Embedding templates",
                executable: try context.tool(named: "EmbedTemplatesTool").url,
                arguments: [folder.path, output.path] + files + inventories,
                inputFiles: (files + inventories).map { folder.appending(path: $0) },
                outputFiles: [output])
        ]
    }
}
