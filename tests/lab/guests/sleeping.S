# Says "asleep" once and costs nothing from then on: the timer is stopped and interrupts are off. Obeys nothing.
# For hosts with hundreds of guests.
.include "serial.S"

.set TIMER_CONTROL, 0x43

main:
    set_up
    cli
    movb $0x30, %al              # channel 0, one shot: QEMU wakes no more for a timer that nobody hears
    outb %al, $TIMER_CONTROL
    movw $greeting, %si
    call print_text
sleep:
    hlt
    jmp sleep
greeting: .asciz "\nasleep\n"

.org 510
.word 0xaa55
