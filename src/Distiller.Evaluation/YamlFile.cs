using Distiller.Core;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Distiller.Evaluation;

/// <summary>Reads small YAML files that people write. Neither size nor nesting of a hostile one does harm.</summary>
/// <param name="path">Names the file in errors.</param>
/// <param name="remedy">What to do about any error.</param>
public sealed class YamlFile(string path, string remedy)
{
    private const int BytesMax = 1 << 20;
    private const int DepthMax = 16;

    /// <exception cref="BadInputException">There is no such file, or it is larger than 1 MiB.</exception>
    public byte[] ReadBytes()
    {
        var file = new FileInfo(path);
        return file.Exists && file.Length <= BytesMax
            ? File.ReadAllBytes(path)
            : throw Bad(0, file.Exists ? $"It has {file.Length} bytes." : "The file does not exist.");
    }

    /// <param name="form">What the file must be, for the error.</param>
    /// <exception cref="BadInputException">It is not one YAML document that is a mapping.</exception>
    public YamlMappingNode Root(byte[] bytes, string form)
    {
        try
        {
            RefuseDepth(bytes);
            var yaml = new YamlStream();
            yaml.Load(Reader(bytes));
            return yaml.Documents is [{ RootNode: YamlMappingNode root }] ? root : throw Bad(1, $"It is not {form}.");
        }
        // The parser has both for a text that is no YAML; only one knows where.
        catch (Exception e) when (e is YamlException or InvalidOperationException)
        {
            throw Bad((e as YamlException)?.Start.Line ?? 0, $"It is no YAML: {e.Message}", e);
        }
    }

    public BadInputException Bad(long line, string reason, Exception? inner = null) =>
        new(new SourceLocation(path, line), reason, remedy, inner);

    /// <summary>Nodes are built by recursion; events are not.</summary>
    private void RefuseDepth(byte[] bytes)
    {
        var parser = new Parser(Reader(bytes));
        var depth = 0;
        while (parser.MoveNext())
        {
            depth += parser.Current!.NestingIncrease;
            if (depth > DepthMax)
            {
                throw Bad(parser.Current.Start.Line, $"It is nested more than {DepthMax} levels deep.");
            }
        }
    }

    private static StreamReader Reader(byte[] bytes) => new(new MemoryStream(bytes, writable: false));
}
