/* A program that does nothing: the floor below which no program gets, and a measure of how fast the machine is just now. */
int main(void) { return 0; }
