using System.ComponentModel.DataAnnotations;

namespace Distiller.Training.Objectives;

/// <summary>Every objective of this assembly, found by reflection: a new one is one new file.</summary>
public static class KnownObjectives
{
    public static IReadOnlyList<IObjective> All { get; } =
    [
        .. typeof(IObjective)
            .Assembly.GetExportedTypes()
            .Where(t => t.IsClass && !t.IsAbstract && t.IsAssignableTo(typeof(IObjective)))
            .Select(t => (IObjective)Activator.CreateInstance(t)!)
            .OrderBy(o => o.Name, StringComparer.Ordinal),
    ];

    /// <exception cref="ArgumentException">
    /// No objective has this name; <see cref="ObjectiveNameAttribute"/> checks settings before.
    /// </exception>
    public static IObjective Named(string name) =>
        All.SingleOrDefault(o => o.Name == name)
        ?? throw new ArgumentException($"There is no training objective '{name}'.", nameof(name));
}

/// <summary>Allows the names of <see cref="KnownObjectives.All"/>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ObjectiveNameAttribute()
    : AllowedValuesAttribute([.. KnownObjectives.All.Select(o => (object)o.Name)]);
