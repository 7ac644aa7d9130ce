namespace Distiller.Pretraining;

/// <summary>
/// Which rungs of the curriculum are open: the next one opens when the last batches of the highest were solved well
/// enough.
/// </summary>
internal sealed class Ladder(PretrainingOptions options, int rungs)
{
    private readonly Queue<double> _last = [];

    /// <summary>The highest rung that is open.</summary>
    public int Top { get; private set; } = options.FirstRung;

    /// <summary>Mean exact match of the highest rung's last batches; 0 before its first.</summary>
    public double ExactMatch => _last.Count == 0 ? 0 : _last.Average();

    public void Add(int rung, double exactMatch)
    {
        if (rung != Top)
        {
            return;
        }

        _last.Enqueue(exactMatch);
        if (_last.Count > options.PassBatches)
        {
            _last.Dequeue();
        }

        if (_last.Count == options.PassBatches && ExactMatch > options.PassMark && Top < rungs - 1)
        {
            Top++;
            _last.Clear();
        }
    }
}
