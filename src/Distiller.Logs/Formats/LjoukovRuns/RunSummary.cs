using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.LjoukovRuns;

/// <summary>The benchmark's <c>summary.json</c>, whose <c>results</c> give each run's verdict.</summary>
internal static class RunSummary
{
    private const string FileName = "summary.json";
    private const int FoldersMax = 3;

    public static Outcome OutcomeOf(SourceFile file, string model, string task, string run)
    {
        foreach (var folder in Companion.Folders(file, FoldersMax))
        {
            using var document = Companion.Read(folder, FileName);
            foreach (var result in LenientJson.Items(document?.RootElement, "results"))
            {
                if (
                    LenientJson.NameOrNumber(result, "model") == model
                    && LenientJson.NameOrNumber(result, "taskId") == task
                    && LenientJson.NameOrNumber(result, "runIndex") == run
                )
                {
                    return LenientJson.Get(result, "success") switch
                    {
                        { ValueKind: JsonValueKind.True } => new Outcome(OutcomeKind.Succeeded, "the benchmark", 1),
                        { ValueKind: JsonValueKind.False } => new Outcome(OutcomeKind.Failed, "the benchmark", 0),
                        _ => Outcome.Unknown,
                    };
                }
            }
        }

        return Outcome.Unknown;
    }
}
