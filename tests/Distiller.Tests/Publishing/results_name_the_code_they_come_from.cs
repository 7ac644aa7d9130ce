using Distiller.Jobs;

namespace Distiller.Tests.Publishing;

internal sealed class results_name_the_code_they_come_from
{
    [Test]
    public void by_version_and_by_revision_where_there_is_a_repository()
    {
        if (!Path.Exists(Path.Combine(Repository.Root, ".git")))
        {
            Assert.Ignore("The code lies in no repository.");
        }

        ToolVersion.Current.ShouldMatch(@"^\d+\.\d+\.\d+\+[0-9a-f]{40}$");
        ToolVersion.Number.ShouldMatch(@"^\d+\.\d+\.\d+$");
    }
}
