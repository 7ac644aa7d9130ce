namespace Distiller.Reporting.Plots;

/// <summary>Maps values to coordinates, linearly or by their logarithm.</summary>
public sealed record Scale(double Low, double High, double From, double To, bool Logarithmic = false)
{
    /// <summary>Widened to round numbers; a single value gets room on both sides.</summary>
    public static Scale Linear(double low, double high, double from, double to, int ticks = 5)
    {
        if (!(high > low))
        {
            var room = Math.Max(Math.Abs(low) * 0.1, 1e-6);
            (low, high) = (low - room, high + room);
        }

        var step = RoundStep((high - low) / ticks);
        return new Scale(Math.Floor(low / step) * step, Math.Ceiling(high / step) * step, from, to);
    }

    /// <summary>Both ends above zero.</summary>
    public static Scale Log(double low, double high, double from, double to) =>
        high > low * 1.2
            ? new Scale(low / 1.05, high * 1.05, from, to, Logarithmic: true)
            : new Scale(low / 1.5, high * 1.5, from, to, Logarithmic: true);

    public double At(double value) =>
        Logarithmic
            ? From + (Math.Log(value / Low) / Math.Log(High / Low) * (To - From))
            : From + ((value - Low) / (High - Low) * (To - From));

    public IEnumerable<double> Ticks(int count = 5) => Logarithmic ? LogTicks(count) : LinearTicks(count);

    private IEnumerable<double> LinearTicks(int count)
    {
        var step = RoundStep((High - Low) / count);
        for (var k = Math.Ceiling((Low / step) - 1e-9); k * step <= High + (step * 1e-9); k++)
        {
            yield return k * step;
        }
    }

    /// <summary>1, 2, 5, 10, … or powers of ten only where that would be too many.</summary>
    private IEnumerable<double> LogTicks(int count)
    {
        double[] within = Math.Log10(High / Low) * 3 > count + 2 ? [1] : [1, 2, 5];
        for (var decade = Math.Floor(Math.Log10(Low)); decade <= Math.Log10(High); decade++)
        {
            foreach (var digit in within)
            {
                var tick = digit * Math.Pow(10, decade);
                if (tick >= Low && tick <= High)
                {
                    yield return tick;
                }
            }
        }
    }

    private static double RoundStep(double step)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(step)));
        var digit = step / power;
        return power
            * (
                digit <= 1 ? 1
                : digit <= 2 ? 2
                : digit <= 5 ? 5
                : 10
            );
    }
}
