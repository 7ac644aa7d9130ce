using System.Globalization;
using Distiller.Evaluation;
using Distiller.Evaluation.Routing;
using Distiller.Gguf;
using Distiller.Jobs.Stages;
using Distiller.Lake;
using Distiller.Opsdesk.Nights;

namespace Distiller.Benchmarks.Edge;

/// <summary>
/// What passing doubtful answers on costs and saves at the sample company: its tickets by the adapter of a night and, for a
/// larger model, by the base with the handbook in its prompt, which solves nearly all.
/// </summary>
internal static class EdgeRouting
{
    public static int Run(string home, string basePath, string company, string prices, string work)
    {
        using var workspace = Workspace.OpenReadOnly(home);
        var quantized = workspace.Artifacts.List(ArtifactKind.Quantized).Last();
        var patterns = MineStage.ReadPatterns(workspace.Artifacts.List(ArtifactKind.Mined).Last());
        var described = new DeskTrial { Company = long.Parse(company, CultureInfo.InvariantCulture) };
        var tasks = OpsdeskTasks.Draw(described.Generate(), described.TestTickets, described.TestSeed);
        var int4 = quantized.File(Exporter.Int4File);
        var arms = TrialArm
            .All(new TrialAdapters(int4, int4, int4))
            .Where(a => a.Code is TrialArm.VerboseContext or TrialArm.AdapterInt4)
            .ToList();
        var trial = TrialRunner.Run(basePath, arms, tasks, new TrialOptions { ArmsAtOnce = 1 }, work);
        var trained = RouterTraining.Train(trial.Rows, trial.Requests, trial.Confidence, patterns);
        Console.WriteLine($"{tasks.Title}. {trained.Verdict.Verdict}\n");
        Print(trial, trained, PriceFile.Read(prices).Primary);
        return 0;
    }

    private static void Print(TrialMeasurement trial, TrainedRouter trained, Price price)
    {
        Console.WriteLine(
            $"| policy | passed on | errors caught | solved | tokens a solved ticket | of the larger model | cost of 1,000 solved at {price.Name}, larger model alone |"
        );
        Console.WriteLine("|---|---|---|---|---|---|---|");
        Row("never", _ => false, isOwnAsked: true);
        Row("always", _ => true, isOwnAsked: false);
        foreach (var stated in trained.Verdict.Router?.Thresholds ?? [])
        {
            Row(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"at most {stated.ErrorRate:P0} wrong of those kept, threshold {stated.Threshold:F3}"
                ),
                task => stated.Threshold is not { } t || trained.OutOfFold[task] < t,
                isOwnAsked: true
            );
        }

        Console.WriteLine("\n| answers | said to be right | right |\n|---|---|---|");
        foreach (var bin in trained.Verdict.Router?.Reliability ?? [])
        {
            Console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"| {bin.Answers} | {bin.Predicted:P1} | {bin.Right:P1} |")
            );
        }

        void Row(string policy, Func<string, bool> isPassedOn, bool isOwnAsked)
        {
            var own = trial.Rows.Where(r => r.Arm == TrialArm.AdapterInt4).ToList();
            var larger = trial
                .Rows.Where(r => r.Arm == TrialArm.VerboseContext)
                .ToDictionary(r => r.TaskId, StringComparer.Ordinal);
            var passed = own.Where(r => isPassedOn(r.TaskId)).Select(r => r.TaskId).ToHashSet(StringComparer.Ordinal);
            var solved = own.Count(r => passed.Contains(r.TaskId) ? larger[r.TaskId].Solved : r.Solved);
            var wrong = own.Count(r => !r.Solved);
            var caught = own.Count(r => !r.Solved && passed.Contains(r.TaskId));
            var largerTokens = passed.Sum(id => Tokens(larger[id]));
            var tokens = largerTokens + (isOwnAsked ? own.Sum(Tokens) : 0);
            var usd = trial
                .Requests.Where(r => r.Arm == TrialArm.VerboseContext && passed.Contains(r.TaskId))
                .Sum(r => Billing.Usd(price, r));
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {policy} | {(double)passed.Count / own.Count:P1} | {caught} of {wrong} | {solved} of {own.Count} | {(double)tokens / solved:N0} | {(double)largerTokens / solved:N0} | ${1000 * usd / solved:F2} |"
                )
            );
        }
    }

    private static long Tokens(TrialRow row) =>
        row.InputTokens + row.CacheReadTokens + row.CacheWriteTokens + row.OutputTokens;
}
