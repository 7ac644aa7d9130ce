using System.Security.Cryptography;
using System.Text;
using Distiller.Mining.Digesting;

namespace Distiller.Mining.Cards;

/// <summary>A card whose rate of false discoveries is not known yet: that depends on all the others.</summary>
/// <param name="PValue">Of success with it against success without; null where nothing can be compared.</param>
internal sealed record CardDraft(Card Card, double? PValue)
{
    private const int EpisodesKept = 8;

    /// <param name="about">What it is about, the same from night to night.</param>
    /// <param name="text">What to do, in Markdown.</param>
    /// <param name="following">Tasks in which it was followed.</param>
    public static CardDraft Of(
        CardKind kind,
        ProjectTasks project,
        string about,
        string text,
        IReadOnlyCollection<EpisodeDigest> following
    )
    {
        var with = following.Where(t => t.Kind != OutcomeKind.Unknown).ToList();
        var without = project.Tasks.Where(t => t.Kind != OutcomeKind.Unknown && !following.Contains(t)).ToList();
        var times = following.Select(t => t.Time).OfType<DateTimeOffset>().ToList();
        double? pValue =
            with.Count == 0 || without.Count == 0
                ? null
                : FisherTest.PValue(Succeeded(with), with.Count, Succeeded(without), without.Count);
        var card = new Card
        {
            Id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}\n{project.Name}\n{about}")))[
                ..16
            ],
            Kind = kind,
            Project = project.Name,
            Text = text,
            Tasks = following.Count,
            Sessions = CardOptions.SessionsOf(following),
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
        return new CardDraft(card, pValue);

        static int Succeeded(List<EpisodeDigest> tasks) => tasks.Count(t => t.Kind == OutcomeKind.Succeeded);
        static double? Success(List<EpisodeDigest> tasks) =>
            tasks.Count == 0 ? null : (double)Succeeded(tasks) / tasks.Count;
    }
}
