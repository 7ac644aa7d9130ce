using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Distiller.Mining.Digesting;
using Distiller.Mining.Outcomes;

namespace Distiller.Mining.Cards;

/// <summary>
/// Mines cards from training tasks: which command tests, lints and builds a project and how often it runs through, which other
/// commands tasks there need, and which files a kind of request needs first. A card needs several tasks of several sessions;
/// that requests which share a word need a file is a finding only where chance would seldom give it.
/// </summary>
public sealed class CardMiner(CardOptions? options = null)
{
    private const int EpisodesKept = 8;

    private readonly CardOptions _options = options ?? new CardOptions();

    /// <param name="train">Labelled, of training tasks only.</param>
    /// <returns>The most useful first.</returns>
    public IReadOnlyList<Card> Mine(IReadOnlyList<EpisodeDigest> train)
    {
        var found = new List<Found>();
        foreach (
            var project in train
                .GroupBy(d => d.Project ?? "", StringComparer.Ordinal)
                .OrderBy(g => g.Key, StringComparer.Ordinal)
        )
        {
            var tasks = project.OrderBy(d => d.Id, StringComparer.Ordinal).ToList();
            found.AddRange(Commands(project.Key, tasks));
            found.AddRange(Files(project.Key, tasks));
        }

        return
        [
            .. WithRates(found)
                .OrderBy(c => c.Kind)
                .ThenByDescending(c => c.Tasks)
                .ThenBy(c => c.Id, StringComparer.Ordinal),
        ];
    }

    private IEnumerable<Found> Commands(string project, List<EpisodeDigest> tasks)
    {
        var uses = tasks
            .SelectMany(t => t.Commands.Select(CommandRun.Read).Select(r => (Task: t, Run: r)))
            .GroupBy(u => (u.Run.Kind, Name: CommandTemplate.NameOf(u.Run.Command)))
            .Where(g => IsWorth(g.Select(u => u.Task)));
        foreach (var use in uses)
        {
            var passed = use.Where(u => u.Run.Passed).ToList();
            var template = CommandTemplate.Of([.. use.Select(u => u.Run.Command).Distinct(StringComparer.Ordinal)]);
            var example = passed
                .GroupBy(u => u.Run.Command, StringComparer.Ordinal)
                .OrderByDescending(g => g.Count())
                .ThenBy(g => g.Key.Length)
                .ThenBy(g => g.Key, StringComparer.Ordinal)
                .FirstOrDefault()
                ?.Key;
            if (example is null)
            {
                continue; // It never ran through: nothing to recommend.
            }

            var rate = (double)passed.Count / use.Count();
            var like = example == template ? "" : $", for example `{example}`";
            var card = Describe(
                KindOf(use.Key.Kind),
                project,
                use.Key.Name,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Verb(use.Key.Kind)} `{template}`{like} (ran through in {rate * 100:F0} % of {use.Count()} uses)."
                ),
                tasks,
                [.. use.Select(u => u.Task).Distinct()]
            );
            yield return card with
            {
                Card = card.Card with { PassRate = rate },
            };
        }
    }

    /// <summary>For each file that tasks look at first, the word of their requests that goes with it most surely.</summary>
    private IEnumerable<Found> Files(string project, List<EpisodeDigest> tasks)
    {
        var words = tasks
            .SelectMany(t => t.Words.Select(w => (Word: w, Task: t)))
            .GroupBy(w => w.Word, StringComparer.Ordinal)
            .Where(g => IsWorth(g.Select(w => w.Task)) && g.Count() <= tasks.Count / 2)
            .ToDictionary(g => g.Key, g => g.Select(w => w.Task).ToHashSet(), StringComparer.Ordinal);
        var candidates = new List<(string File, string Word, List<EpisodeDigest> Both, double P)>();
        foreach (
            var file in tasks
                .SelectMany(t => t.FirstFiles.Select(f => (File: f, Task: t)))
                .GroupBy(f => f.File, StringComparer.Ordinal)
                .Where(g => IsWorth(g.Select(f => f.Task)))
                .OrderBy(g => g.Key, StringComparer.Ordinal)
        )
        {
            var having = file.Select(f => f.Task).ToHashSet();
            foreach (var (word, saying) in words.OrderBy(w => w.Key, StringComparer.Ordinal))
            {
                var both = saying.Where(having.Contains).ToList();
                if (IsWorth(both))
                {
                    var p = FisherTest.PValue(
                        both.Count,
                        saying.Count,
                        having.Count - both.Count,
                        tasks.Count - saying.Count
                    );
                    candidates.Add((file.Key, word, both, p));
                }
            }
        }

        var rates = FalseDiscoveries.Rates([.. candidates.Select(c => c.P)]);
        var findings = candidates
            .Zip(rates)
            .Where(c => c.Second <= _options.FalseDiscoveryRateMax)
            .GroupBy(c => c.First.File, StringComparer.Ordinal)
            .Select(g => g.OrderBy(c => c.First.P).ThenBy(c => c.First.Word, StringComparer.Ordinal).First().First);
        foreach (var (file, word, both, _) in findings)
        {
            yield return Describe(
                CardKind.Files,
                project,
                $"{word}\n{file}",
                $"Requests about \"{word}\": look at `{file}` first.",
                tasks,
                both
            );
        }
    }

    private bool IsWorth(IEnumerable<EpisodeDigest> tasks)
    {
        var distinct = tasks.Distinct().ToList();
        return distinct.Count >= _options.TasksMin
            && distinct.Select(t => t.Session ?? t.TaskId).Distinct(StringComparer.Ordinal).Count()
                >= _options.SessionsMin;
    }

    private static Found Describe(
        CardKind kind,
        string project,
        string about,
        string text,
        List<EpisodeDigest> all,
        List<EpisodeDigest> following
    )
    {
        var with = following.FindAll(t => t.Kind != OutcomeKind.Unknown);
        var without = all.FindAll(t => t.Kind != OutcomeKind.Unknown && !following.Contains(t));
        var times = following.Select(t => t.Time).OfType<DateTimeOffset>().ToList();
        double? pValue =
            with.Count == 0 || without.Count == 0
                ? null
                : FisherTest.PValue(Succeeded(with), with.Count, Succeeded(without), without.Count);
        var card = new Card
        {
            Id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}\n{project}\n{about}")))[..16],
            Kind = kind,
            Project = project,
            Text = text,
            Tasks = following.Count,
            Sessions = following.Select(t => t.Session ?? t.TaskId).Distinct(StringComparer.Ordinal).Count(),
            SuccessWith = Success(with),
            SuccessWithout = Success(without),
            FirstSeen = times.Count == 0 ? null : times.Min(),
            LastSeen = times.Count == 0 ? null : times.Max(),
            Episodes =
            [
                .. following
                    .OrderByDescending(t => t.Time)
                    .ThenBy(t => t.Id, StringComparer.Ordinal)
                    .Take(EpisodesKept)
                    .Select(t => t.EpisodeId),
            ],
        };
        return new Found(card, pValue);

        static int Succeeded(List<EpisodeDigest> tasks) => tasks.Count(t => t.Kind == OutcomeKind.Succeeded);
        static double? Success(List<EpisodeDigest> tasks) =>
            tasks.Count == 0 ? null : (double)Succeeded(tasks) / tasks.Count;
    }

    /// <summary>The p-values of single cards become rates over all of them.</summary>
    private static IEnumerable<Card> WithRates(List<Found> found)
    {
        var compared = found.FindAll(f => f.PValue is not null);
        var rates = FalseDiscoveries.Rates([.. compared.Select(f => f.PValue!.Value)]);
        var rateOf = compared.Zip(rates).ToDictionary(c => c.First.Card.Id, c => c.Second, StringComparer.Ordinal);
        return found.Select(f =>
            rateOf.TryGetValue(f.Card.Id, out var rate) ? f.Card with { FalseDiscoveryRate = rate } : f.Card
        );
    }

    /// <param name="PValue">Of success with it against success without; null where nothing can be compared.</param>
    private sealed record Found(Card Card, double? PValue);

    private static CardKind KindOf(CommandKind? kind) =>
        kind switch
        {
            CommandKind.Tests => CardKind.Tests,
            CommandKind.Lints => CardKind.Lints,
            CommandKind.Builds => CardKind.Builds,
            _ => CardKind.Command,
        };

    private static string Verb(CommandKind? kind) =>
        kind switch
        {
            CommandKind.Tests => "Run tests with",
            CommandKind.Lints => "Check the code with",
            CommandKind.Builds => "Build with",
            CommandKind.Commits => "Commit with",
            CommandKind.Pushes => "Push with",
            CommandKind.PullRequests => "Open a pull request with",
            _ => "Tasks here run",
        };
}

public sealed record CardOptions
{
    /// <summary>Tasks and sessions that a card needs at least.</summary>
    public int TasksMin { get; init; } = 3;

    public int SessionsMin { get; init; } = 2;

    /// <summary>Share of findings that may be chance.</summary>
    public double FalseDiscoveryRateMax { get; init; } = 0.05;
}
