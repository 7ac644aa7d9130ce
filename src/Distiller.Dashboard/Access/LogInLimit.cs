using System.Net;

namespace Distiller.Dashboard.Access;

/// <summary>
/// Slows down guessing: a bucket of failures for each visitor and one for all of them, refilled steadily. Whoever has
/// logged in before is not locked out by the failures of others.
/// </summary>
internal sealed class LogInLimit(TimeProvider time)
{
    private const int VisitorsMax = 10_000;
    private const int VisitorFailuresMax = 5;
    private const int AllFailuresMax = 100;
    private static readonly TimeSpan VisitorRefill = TimeSpan.FromSeconds(12);
    private static readonly TimeSpan AllRefill = TimeSpan.FromMilliseconds(600);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Bucket> _visitors = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private Bucket _all = new(AllFailuresMax, time.GetTimestamp());

    /// <param name="isRight">Is not called while the visitor has to wait.</param>
    public LogInResult Try(IPAddress? address, Func<bool> isRight)
    {
        var visitor = ListeningPlace.Visitor(address);
        lock (_lock)
        {
            var own = Refilled(_visitors.GetValueOrDefault(visitor, Full()), VisitorFailuresMax, VisitorRefill);
            _all = Refilled(_all, AllFailuresMax, AllRefill);
            if (own.Left < 1)
            {
                return new LogInResult(false, Wait(own, VisitorRefill));
            }

            if (_all.Left < 1 && !_known.Contains(visitor))
            {
                return new LogInResult(false, Wait(_all, AllRefill));
            }

            if (isRight())
            {
                if (_known.Count < VisitorsMax)
                {
                    _known.Add(visitor);
                }

                return new LogInResult(true, null);
            }

            _all = _all with { Left = Math.Max(0, _all.Left - 1) };
            Keep(visitor, own with { Left = own.Left - 1 });
            return new LogInResult(false, null);
        }
    }

    private void Keep(string visitor, Bucket bucket)
    {
        if (_visitors.Count >= VisitorsMax)
        {
            foreach (var (name, old) in _visitors)
            {
                if (Refilled(old, VisitorFailuresMax, VisitorRefill).Left >= VisitorFailuresMax)
                {
                    _visitors.Remove(name);
                }
            }
        }

        // When as many guess at once, the bucket of all has long been empty.
        if (_visitors.Count < VisitorsMax || _visitors.ContainsKey(visitor))
        {
            _visitors[visitor] = bucket;
        }
    }

    private Bucket Full() => new(VisitorFailuresMax, time.GetTimestamp());

    private Bucket Refilled(Bucket bucket, int most, TimeSpan refill)
    {
        var now = time.GetTimestamp();
        return new Bucket(Math.Min(most, bucket.Left + (time.GetElapsedTime(bucket.At, now) / refill)), now);
    }

    private static TimeSpan Wait(Bucket bucket, TimeSpan refill) => (1 - bucket.Left) * refill;

    private readonly record struct Bucket(double Left, long At);
}
