using System.Text.RegularExpressions;
using Distiller.Gguf;
using Distiller.Tests.Publishing;

namespace Distiller.Tests.Operating;

public sealed partial class the_edge_page_names_what_a_release_holds
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "ops", "edge.md"));

    [Test]
    public void every_file_in_its_lines_is_in_a_release()
    {
        using var bench = new ReleaseBench();
        var release = bench.Registry.Publish(bench.Draft());
        var folder = bench.Registry.FolderOf(release);
        var named = InLines().Matches(Page).Select(m => m.Groups["path"].Value).Distinct().ToList();

        named.Count.ShouldBeGreaterThanOrEqualTo(3);
        foreach (var path in named)
        {
            Path.Exists(Path.Combine(folder, path)).ShouldBeTrue(path);
        }

        foreach (var file in Listed().Matches(Page.Split("\n\n")[1]).Select(m => m.Groups["path"].Value))
        {
            // The bench's adapter in PEFT's form lies in a folder of another name.
            if (!file.StartsWith("peft/", StringComparison.Ordinal) && file is not ("signature.json" or "BASE.gguf"))
            {
                File.Exists(Path.Combine(folder, file)).ShouldBeTrue(file);
            }
        }

        Page.ShouldContain($"peft/{PeftAdapter.ConfigFile}");
        Page.ShouldContain($"peft/{PeftAdapter.WeightsFile}");
    }

    [Test]
    public void the_commit_is_the_one_that_is_taken() =>
        Page.ShouldContain($"git checkout {LlamaLibrary.SupportedCommit}\n");

    [GeneratedRegex(@"RELEASE/(?<path>[\w./-]*\w)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex InLines();

    [GeneratedRegex(@"`(?<path>[\w/-]+\.(json|gguf|html|safetensors))`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Listed();
}
