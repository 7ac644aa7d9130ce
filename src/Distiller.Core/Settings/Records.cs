using System.Reflection;

namespace Distiller.Core.Settings;

/// <summary>Records by reflection: what <c>with</c> does where the property is known at run time only.</summary>
internal static class Records
{
    // The name that the compiler gives to what 'with' calls.
    private const string Clone = "<Clone>$";

    public static bool Is(Type type) => type.GetMethod(Clone) is not null;

    public static object Copy(object record) => CloneOf(record).Invoke(record, null)!;

    private static MethodInfo CloneOf(object record) =>
        record.GetType().GetMethod(Clone)
        ?? throw new ArgumentException($"{record.GetType().Name} is no record.", nameof(record));
}
