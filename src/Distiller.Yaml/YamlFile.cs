using Distiller.Core;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Distiller.Yaml;

/// <summary>Reads small YAML files that people write. Neither size nor nesting of a hostile one does harm.</summary>
/// <param name="path">Names the file in errors.</param>
/// <param name="remedy">What to do about an error that has no remedy of its own.</param>
public sealed class YamlFile(string path, string remedy)
{
    private const int BytesMax = 1 << 20;
    private const int DepthMax = 16;

    internal string Remedy => remedy;

    /// <exception cref="BadInputException">There is no such file, or it is larger than 1 MiB.</exception>
    public byte[] ReadBytes()
    {
        var file = new FileInfo(path);
        return file.Exists && file.Length <= BytesMax
            ? File.ReadAllBytes(path)
            : throw Bad(
                new SourceLocation(path, 0),
                file.Exists ? $"It has {file.Length} bytes." : "The file does not exist."
            );
    }

    /// <param name="form">What the file must be, for the error.</param>
    /// <exception cref="BadInputException">It is not one YAML document that is a mapping.</exception>
    public YamlMapping Root(byte[] bytes, string form)
    {
        try
        {
            RefuseDepth(bytes);
            var yaml = new YamlStream();
            yaml.Load(Reader(bytes));
            return yaml.Documents is [{ RootNode: YamlMappingNode root }]
                ? new YamlMapping(this, root)
                : throw Bad(new SourceLocation(path, 1), $"It is not {form}.");
        }
        // The parser throws either exception for invalid YAML; only YamlException has a position.
        catch (Exception e) when (e is YamlException or InvalidOperationException)
        {
            var place = e is YamlException { Start: var start } ? PlaceOf(start) : new SourceLocation(path, 0);
            throw Bad(place, $"It is no YAML: {e.Message}", e);
        }
    }

    internal SourceLocation PlaceOf(Mark start) => new(path, start.Line) { Column = start.Column };

    private BadInputException Bad(SourceLocation place, string reason, Exception? inner = null) =>
        new(place, reason, remedy, inner);

    /// <summary>Refuses deep nesting before nodes are built: building them is recursive, reading events is not.</summary>
    private void RefuseDepth(byte[] bytes)
    {
        var parser = new Parser(Reader(bytes));
        var depth = 0;
        while (parser.MoveNext())
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > DepthMax)
            {
                throw Bad(PlaceOf(parser.Current.Start), $"It is nested more than {DepthMax} levels deep.");
            }
        }
    }

    private static StreamReader Reader(byte[] bytes) => new(new MemoryStream(bytes, writable: false));
}
