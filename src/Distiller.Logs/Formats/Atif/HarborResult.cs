using System.Text.Json;
using Distiller.Logs.Reading;

namespace Distiller.Logs.Formats.Atif;

/// <summary>Harbor's <c>result.json</c> of a trial, which lies in the folder of the trajectory or the one above it.</summary>
internal sealed class HarborResult : IDisposable
{
    private const string FileName = "result.json";

    private readonly JsonDocument _document;

    private HarborResult(JsonDocument document) => _document = document;

    public string? Task => LenientJson.NameOrNumber(_document.RootElement, "task_name");

    /// <summary>A trial that was judged and also threw was judged; one that only threw was not.</summary>
    public Outcome Outcome
    {
        get
        {
            var rewards = LenientJson.Object(LenientJson.Object(_document.RootElement, "verifier_result"), "rewards");
            return
                LenientJson.Get(rewards, "reward") is { ValueKind: JsonValueKind.Number } reward
                && reward.TryGetDouble(out var value)
                && double.IsFinite(value)
                ? BenchmarkReward.ToOutcome(value, "Harbor's verifier")
                : Outcome.Unknown;
        }
    }

    public static HarborResult? Beside(SourceFile file)
    {
        foreach (var folder in Companion.Folders(file, 2))
        {
            var document = Companion.Read(folder, FileName);
            if (LenientJson.Get(document?.RootElement, "trial_name") is not null)
            {
                return new HarborResult(document!);
            }

            document?.Dispose();
        }

        return null;
    }

    public void Dispose() => _document.Dispose();
}
