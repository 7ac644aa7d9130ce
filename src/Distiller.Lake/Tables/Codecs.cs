using System.Reflection;

namespace Distiller.Lake.Tables;

/// <summary>The column types there are.</summary>
internal static class Codecs
{
    private static readonly Codec<int> Int = new FixedCodec<int, int>(Duck.DuckType.Integer, v => v, v => v);
    private static readonly Codec<long> Long = new FixedCodec<long, long>(Duck.DuckType.BigInt, v => v, v => v);
    private static readonly Codec<float> Float = new FixedCodec<float, float>(Duck.DuckType.Float, v => v, v => v);
    private static readonly Codec<double> Double = new FixedCodec<double, double>(Duck.DuckType.Double, v => v, v => v);
    private static readonly Codec<bool> Bool = new FixedCodec<bool, byte>(
        Duck.DuckType.Boolean,
        v => v ? (byte)1 : (byte)0,
        v => v != 0
    );

    /// <summary>Microseconds since 1970 in UTC: an offset and parts of a microsecond are not kept.</summary>
    private static readonly Codec<DateTimeOffset> Time = new FixedCodec<DateTimeOffset, long>(
        Duck.DuckType.Timestamp,
        v => (v.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond,
        v => DateTimeOffset.UnixEpoch.AddTicks(checked(v * TimeSpan.TicksPerMicrosecond))
    );

    /// <summary>The codec of a property's type; null when there is none.</summary>
    public static object? For(PropertyInfo property)
    {
        var type = property.PropertyType;
        if (type == typeof(string))
        {
            var nullable = new NullabilityInfoContext().Create(property).ReadState == NullabilityState.Nullable;
            return new TextCodec(nullable);
        }

        return Scalar(type) ?? List(type);
    }

    private static object? Scalar(Type type) =>
        type == typeof(int) ? Int
        : type == typeof(long) ? Long
        : type == typeof(float) ? Float
        : type == typeof(double) ? Double
        : type == typeof(bool) ? Bool
        : type == typeof(DateTimeOffset) ? Time
        : type == typeof(int?) ? new NullableCodec<int>(Int)
        : type == typeof(long?) ? new NullableCodec<long>(Long)
        : type == typeof(float?) ? new NullableCodec<float>(Float)
        : type == typeof(double?) ? new NullableCodec<double>(Double)
        : type == typeof(bool?) ? new NullableCodec<bool>(Bool)
        : type == typeof(DateTimeOffset?) ? new NullableCodec<DateTimeOffset>(Time)
        : null;

    private static object? List(Type type) =>
        type == typeof(int[]) ? new ListCodec<int>(Int)
        : type == typeof(long[]) ? new ListCodec<long>(Long)
        : type == typeof(float[]) ? new ListCodec<float>(Float)
        : type == typeof(double[]) ? new ListCodec<double>(Double)
        : type == typeof(bool[]) ? new ListCodec<bool>(Bool)
        : type == typeof(string[]) ? new ListCodec<string>(new TextCodec(nullable: false))
        : null;
}
