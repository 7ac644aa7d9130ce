using System.Diagnostics;
using System.Globalization;

namespace Distiller.Benchmarks;

/// <summary>How long one question takes, asked several times; the first answer is not counted.</summary>
internal sealed record Timings(string Question, int Times, double MedianMs, double P95Ms)
{
    public static async Task<Timings> OfAsync(string question, int times, Func<int, Task> ask)
    {
        await ask(0);
        var all = new double[times];
        for (var i = 0; i < times; i++)
        {
            var since = Stopwatch.GetTimestamp();
            await ask(i + 1);
            all[i] = Stopwatch.GetElapsedTime(since).TotalMilliseconds;
        }

        return Of(question, all);
    }

    /// <param name="measured">In ms.</param>
    public static Timings Of(string question, IEnumerable<double> measured)
    {
        var all = measured.Order().ToList();
        return new Timings(question, all.Count, all[all.Count / 2], all[(int)Math.Ceiling(all.Count * 0.95) - 1]);
    }

    public static Task<Timings> OfAsync(string question, int times, Action<int> ask) =>
        OfAsync(
            question,
            times,
            i =>
            {
                ask(i);
                return Task.CompletedTask;
            }
        );

    public string Row() =>
        string.Create(CultureInfo.InvariantCulture, $"| {Question} | {MedianMs:F1} | {P95Ms:F1} | {Times} |");
}
