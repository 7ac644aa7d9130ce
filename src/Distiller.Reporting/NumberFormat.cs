using System.Globalization;
using Distiller.Core;
using Distiller.Evaluation.Statistics;

namespace Distiller.Reporting;

/// <summary>How figures are written: enough digits to compare, none that mean nothing.</summary>
public static class NumberFormat
{
    /// <summary>A number and its unit stay on one line.</summary>
    private const char Space = '\u00A0';

    public static string Nats(double nats) => Invariant($"{nats:0.000}");

    public static string Count(double count) => Invariant($"{Math.Round(count, MidpointRounding.AwayFromZero):#,0}");

    /// <summary>Whole where it is whole, otherwise with one decimal.</summary>
    public static string Number(double value) => Invariant($"{value:#,0.#}");

    /// <summary>A number of tasks; a part of one is a whole one.</summary>
    public static string Tasks(double tasks) =>
        tasks > 1 ? $"{Count(Math.Ceiling(tasks))}{Space}tasks" : $"1{Space}task";

    /// <summary>A share as a percentage without sign.</summary>
    public static string Percent(double share)
    {
        var percent = Math.Abs(100 * share);
        return percent switch
        {
            0 => $"0{Space}%",
            < 0.05 => $"less than 0.1{Space}%",
            < 10 => Invariant($"{percent:0.0}{Space}%"),
            _ => Invariant($"{percent:0}{Space}%"),
        };
    }

    /// <summary>A change with its sign; the minus is a real one.</summary>
    public static string Change(double share)
    {
        var rounded = Math.Round(100 * share, 1, MidpointRounding.AwayFromZero);
        return Invariant($"{Sign(rounded)}{Math.Abs(rounded):0.0}{Space}%");
    }

    public static string ChangeInterval(Interval? interval) =>
        interval is { } i ? $"{Change(i.Low)} to {Change(i.High)}" : "no interval";

    public static string NatsChange(double nats)
    {
        var rounded = Math.Round(nats, 3, MidpointRounding.AwayFromZero);
        return $"{Sign(rounded)}{Nats(Math.Abs(rounded))}";
    }

    public static string NatsInterval(Estimate estimate) =>
        estimate.Interval is { } i ? $"{NatsChange(i.Low)} to {NatsChange(i.High)}" : "no interval";

    /// <summary>A difference of shares, in percentage points.</summary>
    public static string Points(double share)
    {
        var rounded = Math.Round(100 * share, 1, MidpointRounding.AwayFromZero);
        return Invariant($"{Sign(rounded)}{Math.Abs(rounded):0.0}");
    }

    public static string PointsInterval(Estimate estimate) =>
        estimate.Interval is { } i ? PointsInterval(i) : "no interval";

    /// <summary>The interval of a share.</summary>
    public static string PercentInterval(Interval? interval) =>
        interval is { } i ? $"{WithoutUnit(Percent(i.Low))} to {Percent(i.High)}" : "no interval";

    public static string PointsInterval(Interval interval) => $"{Points(interval.Low)} to {Points(interval.High)}";

    /// <summary>US dollars with three digits that mean something, however small they are.</summary>
    public static string Usd(double usd)
    {
        if (usd == 0)
        {
            return "$0";
        }

        var whole = (int)Math.Floor(Math.Log10(Math.Abs(usd)));
        var decimals = whole >= 3 ? 0 : Math.Clamp(2 - whole, 2, 12);
        return $"{(usd < 0 ? "−" : "")}${Math.Abs(usd).ToString($"N{decimals}", CultureInfo.InvariantCulture)}";
    }

    public static string Duration(double seconds) =>
        seconds switch
        {
            < 120 => Invariant($"{seconds:0}{Space}s"),
            < 7200 => Invariant($"{seconds / 60:0}{Space}min"),
            _ => Invariant($"{seconds / 3600:0.0}{Space}h"),
        };

    public static string P(double p) => p < 0.001 ? "< 0.001" : Invariant($"{p:0.000}");

    public static string Tick(double value) =>
        Math.Abs(value) switch
        {
            >= 1_000_000 => Invariant($"{value / 1_000_000:0.##}M"),
            >= 1_000 => Invariant($"{value / 1_000:0.##}k"),
            0 => "0",
            < 0.001 => value.ToString("0.#e-0", CultureInfo.InvariantCulture),
            _ => Invariant($"{value:0.####}"),
        };

    public static string Bytes(long bytes) =>
        bytes switch
        {
            < 10_000 => Invariant($"{bytes:#,0}{Space}B"),
            < 1_000_000 => Invariant($"{bytes / 1e3:0.#}{Space}kB"),
            _ => Invariant($"{bytes / 1e6:#,0.0}{Space}MB"),
        };

    /// <summary>Only the second of two numbers has it, unless the first is said in words.</summary>
    private static string WithoutUnit(string percent) => char.IsDigit(percent[0]) ? percent[..^2] : percent;

    private static string Sign(double value) =>
        value > 0 ? "+"
        : value < 0 ? "−"
        : "";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
