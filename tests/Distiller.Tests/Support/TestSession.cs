namespace Distiller.Tests;

/// <summary>Ends what all tests share.</summary>
[SetUpFixture]
internal sealed class TestSession
{
    [OneTimeTearDown]
    public void EndServers() => PostgresServer.End();
}
