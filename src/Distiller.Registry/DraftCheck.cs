using Distiller.Core;

namespace Distiller.Registry;

/// <summary>What a draft must hold before anything is copied, and where each of its files goes.</summary>
internal static class DraftCheck
{
    public const string EvaluationName = "evaluation.json";
    public const string Int4Name = "adapter-int4.gguf";
    public const string ContextName = "context.json";

    public static void Check(ReleaseDraft draft)
    {
        Require(draft.Name.Length is > 0 and <= 200, draft, "The release's name is empty or longer than 200.");
        Require(draft.ToolVersion.Length > 0, draft, "The tool version is empty.");
        Require(
            draft.Base.Sha256.Length == 64 && draft.Base.Sha256.All(char.IsAsciiHexDigitLower),
            draft,
            "The base's SHA-256 is not 64 lower-case hex digits."
        );
        Require(
            draft.Artifacts.Count is > 0 and <= 1000,
            draft,
            "It names no artifacts it was made from, or over 1000."
        );
        Require(draft.Episodes.Count > 0, draft, "It names no episodes it was made from.");
        var count = 0;
        foreach (var (source, _) in Files(draft))
        {
            var file = new FileInfo(source);
            if (!file.Exists || file.Length == 0)
            {
                throw new BadInputException(
                    new SourceLocation(source, 0),
                    "The file is missing or empty.",
                    "Run the stage that writes it again; a release is published whole."
                );
            }

            count++;
        }

        Require(
            count < ReleaseFolder.MaxFiles,
            draft,
            $"It has {count} files; under {ReleaseFolder.MaxFiles} are taken."
        );
    }

    public static IEnumerable<(string Source, string Name)> Files(ReleaseDraft draft)
    {
        yield return (draft.AdapterF16Path, "adapter-f16.gguf");
        yield return (draft.AdapterInt4Path, Int4Name);
        yield return (draft.ManifestPath, "manifest.json");
        yield return (draft.EvaluationPath, EvaluationName);
        yield return (draft.ReportPath, "report.html");
        if (draft.ContextPath is { } context)
        {
            yield return (context, ContextName);
        }

        if (!Directory.Exists(draft.PeftFolder))
        {
            throw new BadInputException(
                new SourceLocation(draft.PeftFolder, 0),
                "The folder with the adapter in PEFT's form is missing.",
                "Distill again."
            );
        }

        foreach (var path in ReleaseFolder.RegularFiles(draft.PeftFolder))
        {
            yield return (Path.Combine(draft.PeftFolder, path), "peft/" + path);
        }
    }

    private static void Require(bool holds, ReleaseDraft draft, string reason)
    {
        if (!holds)
        {
            throw new BadInputException(
                new SourceLocation(draft.ManifestPath, 0),
                reason,
                "Correct the release's draft."
            );
        }
    }
}
