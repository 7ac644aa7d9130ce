global using Distiller.Terminal;
